<?xml version="1.0" encoding="UTF-8"?>
<!-- CongdanCollection as JSON. What the system does not say is absent; codes stay text, so that their zeros stay. -->
<xsl:stylesheet version="3.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:xs="http://www.w3.org/2001/XMLSchema"
    xmlns:c="http://www.mic.gov.vn/dancu/1.0"
    xmlns:f="urn:lgsp:population-resident-lookup"
    xmlns="http://www.w3.org/2005/xpath-functions"
    exclude-result-prefixes="#all">

  <xsl:output method="text" encoding="UTF-8"/>
  <xsl:mode on-no-match="deep-skip"/>

  <!-- Which member each element becomes. -->
  <xsl:variable name="members" as="map(xs:string, xs:string)" select="map{
      'SoDinhDanh': 'id', 'SoCMND': 'identityCard', 'SoSoHoKhau': 'householdBook',
      'HoVaTen': 'fullName', 'Ho': 'family', 'ChuDem': 'middle', 'Ten': 'given',
      'GioiTinh': 'gender', 'DanToc': 'ethnicity', 'TonGiao': 'religion', 'TinhTrangHonNhan': 'maritalStatus',
      'NhomMau': 'bloodGroup', 'QuocTich': 'nationality', 'NgayThangNamSinh': 'birth', 'Nam': 'year',
      'NoiDangKyKhaiSinh': 'birthRegistration', 'QueQuan': 'nativePlace', 'ThuongTru': 'permanentResidence',
      'NoiOHienTai': 'currentResidence', 'MaTinhThanh': 'province', 'MaQuanHuyen': 'district', 'MaPhuongXa': 'ward',
      'ChiTiet': 'detail', 'QuocGia': 'country', 'Cha': 'father', 'Me': 'mother', 'VoChong': 'spouse',
      'NguoiDaiDien': 'representative', 'ChuHo': 'householdHead', 'QuanHe': 'relationship'}"/>

  <xsl:template match="/">
    <xsl:variable name="answer" as="element()">
      <xsl:apply-templates select="c:CongdanCollection"/>
    </xsl:variable>
    <xsl:sequence select="xml-to-json($answer)"/>
  </xsl:template>

  <xsl:template match="c:CongdanCollection">
    <map>
      <number key="total"><xsl:value-of select="count(c:CongDan)"/></number>
      <array key="citizens">
        <xsl:for-each select="c:CongDan">
          <map><xsl:apply-templates/></map>
        </xsl:for-each>
      </array>
    </map>
  </xsl:template>

  <!-- An element with parts is an object, one with text is text; an empty one says nothing. -->
  <xsl:template match="c:*[map:contains($members, local-name())]" xmlns:map="http://www.w3.org/2005/xpath-functions/map">
    <xsl:variable name="key" select="$members(local-name())"/>
    <xsl:choose>
      <xsl:when test="*"><map key="{$key}"><xsl:apply-templates/></map></xsl:when>
      <xsl:when test="normalize-space()"><string key="{$key}"><xsl:value-of select="."/></string></xsl:when>
    </xsl:choose>
  </xsl:template>

  <!-- yyyyMMdd; some records have the year alone, here or in Nam. -->
  <xsl:template match="c:NgayThangNam" priority="1">
    <xsl:variable name="text" select="normalize-space()"/>
    <xsl:choose>
      <xsl:when test="matches($text, '^[0-9]{8}$')">
        <string key="date"><xsl:value-of select="f:iso($text)"/></string>
      </xsl:when>
      <xsl:when test="matches($text, '^[0-9]{4}$') and not(../c:Nam)">
        <string key="year"><xsl:value-of select="$text"/></string>
      </xsl:when>
      <xsl:when test="$text"><string key="date"><xsl:value-of select="$text"/></string></xsl:when>
    </xsl:choose>
  </xsl:template>

  <xsl:function name="f:iso" as="xs:string">
    <xsl:param name="compact" as="xs:string"/>
    <xsl:sequence select="substring($compact, 1, 4) || '-' || substring($compact, 5, 2) || '-' || substring($compact, 7)"/>
  </xsl:function>
</xsl:stylesheet>
