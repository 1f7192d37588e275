# The record as the city archive keeps it, with the receipt that the insurance office gave.
{
  registrationNo: .registrationNo,
  registeredOn: .registeredOn,
  child: .child,
  insuranceReceipt: ($socialInsuranceResult | fromjson | .receipt)
}
