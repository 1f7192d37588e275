# Parcels of this number in all districts, and the registries that did not answer. One that has no such parcel has answered.
{
  parcels: [ .parts[] ],
  missing: [ .missing[] | select(.code != "record-not-found") | { registry: .part, code: .code } ]
}
