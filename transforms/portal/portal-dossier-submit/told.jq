# The desk's own receipt, and under which number and id the portal has the dossier.
{
  receiptNo: .receiptNo,
  dossierNo: ($portalDossierNumberResult | fromjson | .number),
  portalId: ($portalDossierCreateResult | fromjson | .id)
}
