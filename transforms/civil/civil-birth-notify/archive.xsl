<?xml version="1.0" encoding="UTF-8"?>
<!-- The notice as a document of the civil archive: what finds it in front, then every field under its path, days as yyyy-MM-dd. -->
<xsl:stylesheet version="3.0" expand-text="yes"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:xs="http://www.w3.org/2001/XMLSchema"
    xmlns:ks="urn:thanhphomau:hotich:khaisinh:1.0"
    xmlns:f="urn:lgsp:civil-birth-notify"
    xmlns="urn:thanhphomau:luutru:1.0"
    exclude-result-prefixes="xs ks f">

  <xsl:output method="xml" encoding="UTF-8" indent="no"/>
  <xsl:mode on-no-match="fail"/>

  <xsl:template match="/">
    <xsl:apply-templates select="ks:ThongBaoKhaiSinh"/>
  </xsl:template>

  <xsl:template match="ks:ThongBaoKhaiSinh">
    <TaiLieu loai="KS">
      <SoHieu>{normalize-space(ks:SoDangKy)}</SoHieu>
      <NgayBanHanh>{f:day(ks:NgayDangKy)}</NgayBanHanh>
      <CoQuanBanHanh>{normalize-space(ks:MaNoiDangKy)}</CoQuanBanHanh>
      <TrichYeu>Khai sinh: {normalize-space(ks:NguoiDuocKhaiSinh/ks:HoVaTen)}</TrichYeu>
      <NoiDung>
        <xsl:apply-templates select="(ks:NguoiDuocKhaiSinh | ks:Me | ks:Cha)/*"/>
      </NoiDung>
    </TaiLieu>
  </xsl:template>

  <xsl:template match="ks:*[not(*)]">
    <Truong ten="{local-name(..)}/{local-name()}">{normalize-space()}</Truong>
  </xsl:template>

  <xsl:template match="ks:NgaySinh" priority="1">
    <Truong ten="{local-name(..)}/{local-name()}">{f:day(.)}</Truong>
  </xsl:template>

  <xsl:function name="f:day" as="xs:string">
    <xsl:param name="written" as="element()"/>
    <xsl:sequence select="string-join(reverse(tokenize(normalize-space($written), '/')), '-')"/>
  </xsl:function>
</xsl:stylesheet>
