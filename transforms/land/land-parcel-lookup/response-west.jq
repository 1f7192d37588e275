# The western land office: area as text in Vietnamese notation (1.234,50); response-west.values.yaml has turned its codes and dates before.
# What it does not say is absent here too; text in another form is passed on for response.schema.json to refuse.
def decimal: if test("^[0-9]{1,3}(\\.[0-9]{3})*(,[0-9]+)?$") then gsub("\\."; "") | sub(","; ".") else . end;
{
  parcel: ({
    number: .so_thua,
    district: .ma_quan,
    area: (if .dien_tich == null then null else { value: (.dien_tich | decimal), unit: "m2" } end),
    landUse: .loai_dat,
    holder: .chu_su_dung,
    updatedOn: .ngay_cap_nhat
  } | with_entries(select(.value != null)))
}
