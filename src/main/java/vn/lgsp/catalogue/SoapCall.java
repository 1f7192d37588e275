package vn.lgsp.catalogue;

/**
 * How an operation of a SOAP service is recognised.
 *
 * @param namespace of the element in the SOAP body
 * @param element local name of the element in the SOAP body
 * @param action the SOAPAction that its contract names; a request may leave it out, and may not send another one;
 *     empty where the contract names none
 */
public record SoapCall(String namespace, String element, String action) {}
