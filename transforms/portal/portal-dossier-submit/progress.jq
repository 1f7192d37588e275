# What was done with the dossier, under its number, and the portal's id where it gave one.
[
  ($portalDossierCreateResult | fromjson | .id) as $id
  | (if $id == "" then {} else { IdHoSo: $id } end)
    + {
        MaHoSo: ($portalDossierNumberResult | fromjson | .number),
        TrangThai: .state,
        NguoiXuLy: .officer,
        ThoiDiemXuLy: .receivedAt,
        NoiDungXuLy: "Tiếp nhận hồ sơ"
      }
]
