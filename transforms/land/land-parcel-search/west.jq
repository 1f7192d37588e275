# The western land office: area as text in Vietnamese notation (1.234,50).
def decimal: if test("^[0-9]{1,3}(\\.[0-9]{3})*(,[0-9]+)?$") then gsub("\\."; "") | sub(","; ".") else error("an area is no number") end;
{ number: .so_thua, district: .ma_quan, holder: .chu_su_dung, area: (if .dien_tich == null then null else .dien_tich | decimal end) }
| with_entries(select(.value != null))
