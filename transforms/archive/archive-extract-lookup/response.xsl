<?xml version="1.0" encoding="UTF-8"?>
<!-- What the civil archive replies, as JSON. Without a code it does not hold the document. -->
<xsl:stylesheet version="3.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:l="urn:thanhphomau:luutru:1.0"
    xmlns="http://www.w3.org/2005/xpath-functions"
    exclude-result-prefixes="l">

  <xsl:output method="text" encoding="UTF-8"/>
  <xsl:mode on-no-match="fail"/>

  <xsl:template match="/">
    <xsl:variable name="answer">
      <xsl:apply-templates select="l:KetQuaTim"/>
    </xsl:variable>
    <xsl:sequence select="xml-to-json($answer)"/>
  </xsl:template>

  <xsl:template match="l:KetQuaTim">
    <map>
      <string key="number"><xsl:value-of select="l:SoHieu"/></string>
      <boolean key="held"><xsl:value-of select="exists(l:MaLuuTru)"/></boolean>
      <xsl:for-each select="l:MaLuuTru">
        <string key="archiveCode"><xsl:value-of select="."/></string>
      </xsl:for-each>
    </map>
  </xsl:template>
</xsl:stylesheet>
