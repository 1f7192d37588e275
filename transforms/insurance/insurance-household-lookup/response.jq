# One insured person; what the database does not say is absent.
.dataThongTinHgd
| { fullName: .hoTen, oldBook: .soSoCu, birth: .ngaySinh, gender: .gioiTinh, province: .maTinhKs, district: .maHuyenKs, ward: .maXaKs,
    state: .trangThai }
| with_entries(select(.value != null and .value != ""))
