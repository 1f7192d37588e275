<?xml version="1.0" encoding="UTF-8"?>
<!-- The message as @to@ wants it, as JSON. What the source does not say is absent. -->
<xsl:stylesheet version="3.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:m="urn:@service@:v@version@"
    xmlns="http://www.w3.org/2005/xpath-functions"
    exclude-result-prefixes="#all">

  <xsl:output method="text" encoding="UTF-8"/>
  <xsl:mode on-no-match="fail"/>

  <xsl:template match="/">
    <xsl:variable name="message" as="element()">
      <map><xsl:apply-templates select="m:@element@/*"/></map>
    </xsl:variable>
    <xsl:sequence select="xml-to-json($message)"/>
  </xsl:template>

  <xsl:template match="m:Id"><string key="code"><xsl:value-of select="normalize-space()"/></string></xsl:template>

  <xsl:template match="m:Name"><string key="title"><xsl:value-of select="normalize-space()"/></string></xsl:template>

  <xsl:template match="m:Day"><string key="day"><xsl:value-of select="normalize-space()"/></string></xsl:template>
</xsl:stylesheet>
