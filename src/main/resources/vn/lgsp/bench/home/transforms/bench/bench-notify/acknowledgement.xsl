<?xml version="1.0" encoding="UTF-8"?>
<!-- What the source is answered: the id under which it can ask for the delivery. -->
<xsl:stylesheet version="3.0" expand-text="yes"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:xs="http://www.w3.org/2001/XMLSchema"
    xmlns:b="urn:lgsp:bench:1.0"
    exclude-result-prefixes="xs">

  <xsl:output method="xml" encoding="UTF-8" omit-xml-declaration="yes" indent="no"/>
  <xsl:mode on-no-match="deep-skip"/>

  <xsl:param name="exchangeId" as="xs:string" required="yes"/>

  <xsl:template match="/b:ThongBao">
    <b:ThongBaoResponse>
      <b:MaGiaoDich>{$exchangeId}</b:MaGiaoDich>
    </b:ThongBaoResponse>
  </xsl:template>
</xsl:stylesheet>
