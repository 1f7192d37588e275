# The western land office: area as text in Vietnamese notation (1.234,50), dates as dd/MM/yyyy.
# What it does not say is absent here too; text in another form is passed on for response.schema.json to refuse.
def decimal: if test("^[0-9]{1,3}(\\.[0-9]{3})*(,[0-9]+)?$") then gsub("\\."; "") | sub(","; ".") else . end;
def iso: if test("^[0-9]{2}/[0-9]{2}/[0-9]{4}$") then split("/") | "\(.[2])-\(.[1])-\(.[0])" else . end;
{
  parcel: ({
    number: .so_thua,
    district: .ma_quan,
    area: (if .dien_tich == null then null else { value: (.dien_tich | decimal), unit: "m2" } end),
    landUse: .loai_dat,
    holder: .chu_su_dung,
    updatedOn: (if .ngay_cap_nhat == null then null else .ngay_cap_nhat | iso end)
  } | with_entries(select(.value != null)))
}
