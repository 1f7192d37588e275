<?xml version="1.0" encoding="UTF-8"?>
<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:p="urn:papers:1.0">
  <xsl:template match="/p:PaperNotice">
    <paper><xsl:valueof select="."/></paper>
  </xsl:template>
</xsl:stylesheet>
