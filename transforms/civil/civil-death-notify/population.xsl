<?xml version="1.0" encoding="UTF-8"?>
<!-- The notice as the population system wants it. The delivery's id lets it know a second attempt from a second death. -->
<xsl:stylesheet version="3.0" expand-text="yes"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:xs="http://www.w3.org/2001/XMLSchema"
    xmlns:kt="urn:thanhphomau:hotich:khaitu:1.0"
    xmlns="urn:thanhphomau:dancu:khaitu:1.0"
    exclude-result-prefixes="xs kt">

  <xsl:output method="xml" encoding="UTF-8" omit-xml-declaration="yes" indent="no"/>
  <xsl:mode on-no-match="fail"/>

  <xsl:param name="deliveryId" as="xs:string" required="yes"/>

  <xsl:template match="/">
    <xsl:apply-templates select="kt:ThongBaoKhaiTu"/>
  </xsl:template>

  <xsl:template match="kt:ThongBaoKhaiTu">
    <GhiNhanKhaiTu>
      <MaYeuCau>{$deliveryId}</MaYeuCau>
      <SoDinhDanh>{normalize-space(kt:NguoiMat/kt:SoDinhDanh)}</SoDinhDanh>
      <HoVaTen>{upper-case(normalize-unicode(normalize-space(kt:NguoiMat/kt:HoVaTen), 'NFC'))}</HoVaTen>
      <NgayMat>{translate(normalize-space(kt:NguoiMat/kt:NgayMat), '-', '')}</NgayMat>
      <SoDangKy>{normalize-space(kt:SoDangKy)}</SoDangKy>
    </GhiNhanKhaiTu>
  </xsl:template>
</xsl:stylesheet>
