# The eastern land office: area as a decimal number.
{ number: .parcelNo, district: .districtCode, holder: .owner.name, area: (if .areaM2 == null then null else .areaM2 | tostring end) }
| with_entries(select(.value != null))
