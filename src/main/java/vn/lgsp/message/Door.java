package vn.lgsp.message;

/** By which address a request came in. */
public enum Door {
    /** {@code /api/{service}/v{n}/...} */
    REST,
    /** {@code /soap/{service}/v{n}} */
    SOAP,
    /** The queue {@code lgsp.in.{service}} of the broker. */
    JMS,
    /** The bus itself, at an instant that the card of the service plans. */
    SCHEDULE,
    /** The route of another service of the bus. */
    CALL,
    /** {@code /soap/{service}/v{n}?wsdl} and {@code /api/{service}/v{n}/openapi.json}: the contract of a service. */
    CONTRACT,
    /** {@code POST /api/{service}/v{n}/v1/auth/login}: the login of the document axis' provincial form. */
    LOGIN,
    /** {@code OPTIONS /api/{service}/v{n}/...}: which methods an address offers. */
    OPTIONS,
    /** {@code OPTIONS /soap/{service}/v{n}}: the same of a SOAP service. */
    SOAP_OPTIONS,
    /** {@code /exchanges/{id}}: how the deliveries of an exchange stand. */
    EXCHANGES,
    /** An address of no known form. */
    NONE
}
