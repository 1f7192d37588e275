<?xml version="1.0" encoding="UTF-8"?>
<!-- What the civil registry is answered: the id under which it can ask for the deliveries. It leaves when the notice is safe. -->
<xsl:stylesheet version="3.0" expand-text="yes"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:xs="http://www.w3.org/2001/XMLSchema"
    xmlns:ks="urn:thanhphomau:hotich:khaisinh:1.0"
    exclude-result-prefixes="xs">

  <xsl:output method="xml" encoding="UTF-8" omit-xml-declaration="yes" indent="no"/>
  <xsl:mode on-no-match="deep-skip"/>

  <!-- Of a notice that was sent before: the id of the first time. The bus sets it. -->
  <xsl:param name="exchangeId" as="xs:string" required="yes"/>

  <xsl:template match="/ks:ThongBaoKhaiSinh">
    <ks:ThongBaoKhaiSinhResponse>
      <ks:MaGiaoDich>{$exchangeId}</ks:MaGiaoDich>
      <ks:KetQua>00</ks:KetQua>
    </ks:ThongBaoKhaiSinhResponse>
  </xsl:template>
</xsl:stylesheet>
