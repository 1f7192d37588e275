<?xml version="1.0" encoding="UTF-8"?>
<!-- The provider's answer as JSON. What the provider does not say is absent. -->
<xsl:stylesheet version="3.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:p="urn:@system@:1.0"
    xmlns="http://www.w3.org/2005/xpath-functions"
    exclude-result-prefixes="#all">

  <xsl:output method="text" encoding="UTF-8"/>
  <xsl:mode on-no-match="deep-skip"/>

  <xsl:template match="/">
    <xsl:variable name="answer" as="element()">
      <xsl:apply-templates select="p:Find@element@Response"/>
    </xsl:variable>
    <xsl:sequence select="xml-to-json($answer)"/>
  </xsl:template>

  <xsl:template match="p:Find@element@Response">
    <map>
      <map key="@member@"><xsl:apply-templates select="p:Record/*"/></map>
    </map>
  </xsl:template>

  <xsl:template match="p:Id"><string key="id"><xsl:value-of select="."/></string></xsl:template>

  <xsl:template match="p:Name[normalize-space()]"><string key="name"><xsl:value-of select="."/></string></xsl:template>

  <xsl:template match="p:Updated[normalize-space()]">
    <string key="updatedOn"><xsl:value-of select="."/></string>
  </xsl:template>
</xsl:stylesheet>
