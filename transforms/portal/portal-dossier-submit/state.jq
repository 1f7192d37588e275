# The state alone; this call spells the id otherwise.
[
  ($portalDossierCreateResult | fromjson | .id) as $id
  | (if $id == "" then {} else { IDHoSo: $id } end)
    + { MaHoSo: ($portalDossierNumberResult | fromjson | .number), TrangThai: .state }
]
