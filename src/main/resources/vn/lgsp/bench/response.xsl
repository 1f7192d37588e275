<?xml version="1.0" encoding="UTF-8"?>
<!-- What the bare Camel route maps with: the product's own stylesheet, fed with the whole envelope. -->
<xsl:stylesheet version="3.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:c="http://www.mic.gov.vn/dancu/1.0"
    xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"
    exclude-result-prefixes="#all">

  <xsl:import href="file:transforms/population/population-citizen-lookup/response.xsl"/>

  <xsl:template match="/">
    <xsl:variable name="answer" as="element()">
      <xsl:apply-templates select="s:Envelope/s:Body/c:CongdanCollection"/>
    </xsl:variable>
    <xsl:sequence select="xml-to-json($answer)"/>
  </xsl:template>
</xsl:stylesheet>
