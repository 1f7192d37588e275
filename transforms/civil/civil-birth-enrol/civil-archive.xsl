<?xml version="1.0" encoding="UTF-8"?>
<!-- The birth as a document of the civil archive, with what the two steps before have left. -->
<xsl:stylesheet version="3.0" expand-text="yes"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:j="http://www.w3.org/2005/xpath-functions"
    xmlns="urn:thanhphomau:luutru:1.0"
    exclude-result-prefixes="j">

  <xsl:output method="xml" encoding="UTF-8" indent="no"/>
  <xsl:param name="socialInsuranceResult" required="yes"/>
  <xsl:param name="cityArchiveResult" required="yes"/>

  <xsl:template match="/j:map">
    <TaiLieu loai="KS">
      <SoHieu>{j:string[@key = 'registrationNo']}</SoHieu>
      <NgayBanHanh>{j:string[@key = 'registeredOn']}</NgayBanHanh>
      <TrichYeu>Khai sinh: {j:map[@key = 'child']/j:string[@key = 'name']}</TrichYeu>
      <NoiDung>
        <Truong ten="BaoHiemYTe/BienNhan">{parse-json($socialInsuranceResult)?receipt}</Truong>
        <Truong ten="LuuTruSo/SHA256">{parse-json($cityArchiveResult)?sha256}</Truong>
      </NoiDung>
    </TaiLieu>
  </xsl:template>
</xsl:stylesheet>
