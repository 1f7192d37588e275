<?xml version="1.0" encoding="UTF-8"?>
<!-- What the civil registry is answered: the id under which it can ask for the deliveries. It leaves when the document is safe. -->
<xsl:stylesheet version="3.0" expand-text="yes"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:xs="http://www.w3.org/2001/XMLSchema"
    xmlns:l="urn:thanhphomau:luutru:1.0"
    exclude-result-prefixes="xs">

  <xsl:output method="xml" encoding="UTF-8" omit-xml-declaration="yes" indent="no"/>
  <xsl:mode on-no-match="deep-skip"/>

  <!-- Of a document that was sent before: the id of the first time. The bus sets it. -->
  <xsl:param name="exchangeId" as="xs:string" required="yes"/>

  <xsl:template match="/l:TaiLieu">
    <l:DaNhan><l:MaGiaoDich>{$exchangeId}</l:MaGiaoDich></l:DaNhan>
  </xsl:template>
</xsl:stylesheet>
