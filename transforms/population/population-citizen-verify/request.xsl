<?xml version="1.0" encoding="UTF-8"?>
<!-- The question as the population system wants it: TraCuuThongTinCongDan (integration code 037), children in this order. -->
<xsl:stylesheet version="3.0" expand-text="yes"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:xs="http://www.w3.org/2001/XMLSchema"
    xmlns:x="urn:thanhphomau:dancu:xacminh:1.0"
    xmlns:dan="http://dancuquocgia.bca"
    exclude-result-prefixes="xs x">

  <xsl:output method="xml" encoding="UTF-8" omit-xml-declaration="yes" indent="no"/>
  <xsl:mode on-no-match="fail"/>

  <!-- The name of the exchange, at most 40 characters: the bus sets it. -->
  <xsl:param name="exchangeId" as="xs:string" required="yes"/>

  <xsl:template match="/">
    <dan:TraCuuThongTinCongDan>
      <dan:MaYeuCau>{$exchangeId}</dan:MaYeuCau>
      <dan:MaDVC>0.000000</dan:MaDVC>
      <dan:MaTichHop>037</dan:MaTichHop>
      <dan:MaCanBo>CB0001</dan:MaCanBo>
      <dan:MaDonVi>H99.01</dan:MaDonVi>
      <dan:TaiKhoan>canbo.mau</dan:TaiKhoan>
      <dan:SoDienThoai>0</dan:SoDienThoai>
      <dan:SoDinhDanh>{x:XacMinhCongDan/x:SoDinhDanh}</dan:SoDinhDanh>
      <!-- Clients of the system send names in upper case, and precomposed. -->
      <dan:HoVaTen>{upper-case(normalize-unicode(normalize-space(x:XacMinhCongDan/x:HoVaTen), 'NFC'))}</dan:HoVaTen>
    </dan:TraCuuThongTinCongDan>
  </xsl:template>
</xsl:stylesheet>
