<?xml version="1.0" encoding="UTF-8"?>
<!-- The question as the civil archive wants it in its queue. -->
<xsl:stylesheet version="3.0" expand-text="yes"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:j="http://www.w3.org/2005/xpath-functions"
    xmlns="urn:thanhphomau:luutru:1.0"
    exclude-result-prefixes="j">

  <xsl:output method="xml" encoding="UTF-8" omit-xml-declaration="yes" indent="no"/>
  <xsl:mode on-no-match="fail"/>

  <xsl:template match="/">
    <TimTaiLieu><SoHieu>{j:map/j:string[@key = 'number']}</SoHieu></TimTaiLieu>
  </xsl:template>
</xsl:stylesheet>
