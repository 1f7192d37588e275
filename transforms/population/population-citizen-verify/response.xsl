<?xml version="1.0" encoding="UTF-8"?>
<!-- Whether the population system found somebody: what it says of them stays here. -->
<xsl:stylesheet version="3.0" expand-text="yes"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:c="http://www.mic.gov.vn/dancu/1.0"
    xmlns="urn:thanhphomau:dancu:xacminh:1.0"
    exclude-result-prefixes="c">

  <xsl:output method="xml" encoding="UTF-8" omit-xml-declaration="yes" indent="no"/>

  <xsl:template match="/c:CongdanCollection">
    <XacMinhCongDanResponse>
      <Khop>{exists(c:CongDan)}</Khop>
    </XacMinhCongDanResponse>
  </xsl:template>
</xsl:stylesheet>
