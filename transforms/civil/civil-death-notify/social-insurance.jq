# The notice as the social insurance office wants it: the pension ends with the day of death.
{ soDangKy: .SoDangKy, soSoBhxh: .NguoiMat.SoSoBHXH, ngayMat: .NguoiMat.NgayMat }
