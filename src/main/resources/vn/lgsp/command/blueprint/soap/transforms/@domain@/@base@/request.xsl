<?xml version="1.0" encoding="UTF-8"?>
<!-- The question as the provider's contract wants it in the SOAP body. -->
<xsl:stylesheet version="3.0" expand-text="yes"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:j="http://www.w3.org/2005/xpath-functions"
    xmlns:p="urn:@system@:1.0"
    exclude-result-prefixes="j">

  <xsl:output method="xml" encoding="UTF-8" omit-xml-declaration="yes" indent="no"/>
  <xsl:mode on-no-match="fail"/>

  <xsl:template match="/">
    <xsl:apply-templates select="j:map"/>
  </xsl:template>

  <xsl:template match="j:map">
    <p:Find@element@>
      <p:Id>{j:string[@key = 'id']}</p:Id>
    </p:Find@element@>
  </xsl:template>
</xsl:stylesheet>
