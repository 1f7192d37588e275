# The insurance office's own names; days as it writes them, dd/MM/yyyy.
def day: split("-") | reverse | join("/");
{
  soDangKy: .registrationNo,
  ngayDangKy: (.registeredOn | day),
  nguoiThuHuong: { soDinhDanh: .child.personalId, hoTen: .child.name, ngaySinh: (.child.bornOn | day) }
}
