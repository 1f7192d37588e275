<?xml version="1.0" encoding="UTF-8"?>
<!-- The question as the population system wants it: TraCuuThongTinCongDan (integration code 037), children in this order. -->
<xsl:stylesheet version="3.0" expand-text="yes"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:xs="http://www.w3.org/2001/XMLSchema"
    xmlns:j="http://www.w3.org/2005/xpath-functions"
    xmlns:dan="http://dancuquocgia.bca"
    exclude-result-prefixes="xs j">

  <xsl:output method="xml" encoding="UTF-8" omit-xml-declaration="yes" indent="no"/>
  <xsl:mode on-no-match="fail"/>

  <!-- The name of the exchange, at most 40 characters: the bus sets it. -->
  <xsl:param name="exchangeId" as="xs:string" required="yes"/>

  <!-- How the day of birth is written (wire-formats 7.1): childElements, as known clients do, or text, as the guide says. -->
  <xsl:param name="birthDateStyle" as="xs:string" required="yes"/>

  <!-- The code of this integration; 037 is the only one that is known. -->
  <xsl:param name="integrationCode" as="xs:string" required="yes"/>

  <!-- Who asks, in the name of the city. Invented, like the city. -->
  <xsl:variable name="procedure" select="'0.000000'"/>
  <xsl:variable name="official" select="'CB0001'"/>
  <xsl:variable name="agency" select="'H99.01'"/>
  <xsl:variable name="account" select="'canbo.mau'"/>

  <xsl:template match="/">
    <xsl:apply-templates select="j:map"/>
  </xsl:template>

  <xsl:template match="j:map">
    <dan:TraCuuThongTinCongDan>
      <dan:MaYeuCau>{$exchangeId}</dan:MaYeuCau>
      <dan:MaDVC>{$procedure}</dan:MaDVC>
      <dan:MaTichHop>{$integrationCode}</dan:MaTichHop>
      <dan:MaCanBo>{$official}</dan:MaCanBo>
      <dan:MaDonVi>{$agency}</dan:MaDonVi>
      <dan:TaiKhoan>{$account}</dan:TaiKhoan>
      <dan:SoDienThoai>0</dan:SoDienThoai>
      <dan:SoDinhDanh>{j:string[@key = 'id']}</dan:SoDinhDanh>
      <xsl:apply-templates select="j:string[@key = 'fullName'], j:string[@key = 'birthDate']"/>
    </dan:TraCuuThongTinCongDan>
  </xsl:template>

  <!-- Clients of the system send names in upper case, and precomposed. -->
  <xsl:template match="j:string[@key = 'fullName']">
    <dan:HoVaTen>{upper-case(normalize-unicode(normalize-space(.), 'NFC'))}</dan:HoVaTen>
  </xsl:template>

  <xsl:template match="j:string[@key = 'birthDate']">
    <dan:NgayThangNamSinh>
      <xsl:choose>
        <xsl:when test="$birthDateStyle = 'text'"><xsl:value-of select="."/></xsl:when>
        <xsl:when test="contains(., '-')"><dan:NgayThangNam>{translate(., '-', '')}</dan:NgayThangNam></xsl:when>
        <xsl:otherwise><dan:Nam>{.}</dan:Nam></xsl:otherwise>
      </xsl:choose>
    </dan:NgayThangNamSinh>
  </xsl:template>
</xsl:stylesheet>
