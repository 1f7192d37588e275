# The dossier in the portal's names, its files by the references of step 3, in their order. Codes and times are still the city's.
($portalDossierFileResult | fromjson) as $uploaded
| {
    MaHoSo: ($portalDossierNumberResult | fromjson | .number),
    MaTTHC: .procedure.code,
    TenTTHC: .procedure.name,
    LoaiDoiTuong: .applicant.kind,
    NgayTiepNhan: .receivedAt,
    TrangThaiHoSo: .state,
    ThongTinNguoiNop: {
      ThongTinChiTiet: { HoTen: .applicant.name, SoDinhDanh: .applicant.number, SoDienThoai: (.applicant.phone // "") }
    },
    ThanhPhanHoSo: [
      .papers as $papers
      | range($papers | length) as $at
      | ([$papers[:$at][].files[]] | length) as $before
      | $papers[$at]
      | {
          TenThanhPhan: .name,
          LoaiBan: .kind,
          GiayToDinhKem: [
            .files as $files
            | range($files | length)
            | { IdGiayTo: $uploaded[$before + .].id, MaKetQua: "", TenGiayTo: $files[.].name, HashTepTin: $uploaded[$before + .].hash }
          ]
        }
    ]
  }
  + if .fee then { HinhThucThu: .fee.collected, TrangThaiThanhToan: .fee.payment } else {} end
