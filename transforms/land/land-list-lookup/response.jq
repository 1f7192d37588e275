# The parcels in the order of the question; a missing part is known by its place, and told by its number.
($asked | fromjson) as $numbers
| {
  ThuaDat: [.parts[] | values | { SoThua: .parcelNo, DienTich: .areaM2, LoaiDat: .landUse } | with_entries(select(.value != null))],
  KhongCo: [.missing[] | { SoThua: $numbers[.part | tonumber], MaLoi: .code }]
}
