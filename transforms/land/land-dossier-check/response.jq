# The parcel as it came. Of the declarant: the entry; null if nobody has the number; absent, and named, if it could not be read.
.parts.parcel
+ (if .missing == [] then { declarant: (.parts.declarant.citizens[0] | if . == null then null else { id, fullName, permanentResidence } end) } else {} end)
+ { missing: [.missing[].part] }
