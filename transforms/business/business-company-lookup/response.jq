# One company; codes stay text, so that their zeros stay. What the database does not say is absent.
def said: with_entries(select(.value != null and .value != "" and .value != []));
{
  code: .MainInformation.ENTERPRISE_GDT_CODE,
  name: .MainInformation.NAME,
  shortName: .MainInformation.SHORT_NAME,
  status: .MainInformation.ENTERPRISE_STATUS,
  foundedOn: .MainInformation.FOUNDING_DATE,
  amendedOn: .MainInformation.LAST_AMEND_DATE,
  address: .HOAdress.AddressFullText,
  province: .HOAdress.CityID,
  representative: .Representatives.FULL_NAME?,
  activities: [.BusinessActivity[]? | { code: .CODE, name: .NAME, main: (.IS_MAIN == "Y") }]
} | said
