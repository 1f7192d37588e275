<?xml version="1.0" encoding="UTF-8"?>
<!-- The notice as the social insurance office wants it: JSON, days as yyyyMMdd, codes as text. What the notice does not say is absent. -->
<xsl:stylesheet version="3.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:xs="http://www.w3.org/2001/XMLSchema"
    xmlns:ks="urn:thanhphomau:hotich:khaisinh:1.0"
    xmlns="http://www.w3.org/2005/xpath-functions"
    exclude-result-prefixes="#all">

  <xsl:output method="text" encoding="UTF-8"/>
  <xsl:mode on-no-match="fail"/>

  <!-- Which member each element becomes. -->
  <xsl:variable name="members" as="map(xs:string, xs:string)" select="map{
      'SoDangKy': 'soDangKy', 'NgayDangKy': 'ngayDangKy', 'MaNoiDangKy': 'maDonVi',
      'NguoiDuocKhaiSinh': 'tre', 'Me': 'me', 'Cha': 'cha',
      'SoDinhDanh': 'soDinhDanh', 'HoVaTen': 'hoTen', 'NgaySinh': 'ngaySinh', 'NamSinh': 'namSinh',
      'GioiTinh': 'gioiTinh', 'NoiSinh': 'noiSinh', 'DanToc': 'danToc', 'QuocTich': 'quocTich', 'NoiCuTru': 'diaChi'}"/>

  <xsl:template match="/">
    <xsl:variable name="entry" as="element()">
      <map><xsl:apply-templates select="ks:ThongBaoKhaiSinh/*"/></map>
    </xsl:variable>
    <xsl:sequence select="xml-to-json($entry)"/>
  </xsl:template>

  <xsl:template match="ks:*[*]">
    <map key="{$members(local-name())}"><xsl:apply-templates select="*"/></map>
  </xsl:template>

  <xsl:template match="ks:*[not(*)]">
    <string key="{$members(local-name())}"><xsl:value-of select="normalize-space()"/></string>
  </xsl:template>

  <xsl:template match="ks:NgayDangKy | ks:NgaySinh" priority="1">
    <string key="{$members(local-name())}"><xsl:value-of select="string-join(reverse(tokenize(normalize-space(), '/')))"/></string>
  </xsl:template>
</xsl:stylesheet>
