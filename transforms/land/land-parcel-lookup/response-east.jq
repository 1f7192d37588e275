# The eastern land office: area as a decimal number, dates as in ISO 8601.
# What it does not say is absent here too.
{
  parcel: ({
    number: .parcelNo,
    district: .districtCode,
    area: (if .areaM2 == null then null else { value: (.areaM2 | tostring), unit: "m2" } end),
    landUse: .landUse,
    holder: .owner.name,
    updatedOn: .updated
  } | with_entries(select(.value != null)))
}
