# Area and use alone: who holds the parcel is nothing that this service tells. The area keeps its digits as text.
{ number: .parcelNo, area: (.areaM2 | tostring), landUse: .landUse }
