package vn.lgsp.bench;

import java.util.Optional;

/** The message of the guaranteed scenario: a notice of 1 KiB in a SOAP 1.1 envelope, with its id in the content. */
final class Notice {
    static final String NAMESPACE = "urn:lgsp:bench:1.0";
    static final int SIZE = 1024;

    private static final String ENVELOPE =
            "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\">"
                    + "<soapenv:Body>%s</soapenv:Body></soapenv:Envelope>";
    private static final String BEFORE_ID = "<So>";
    private static final String AFTER_ID = "</So>";

    private Notice() {}

    /** The record itself; exactly 1 KiB. */
    static String record(String id) {
        String start = "<ThongBao xmlns=\"" + NAMESPACE + "\">" + BEFORE_ID + id + AFTER_ID + "<NoiDung>";
        String end = "</NoiDung></ThongBao>";
        return start + "x".repeat(SIZE - start.length() - end.length()) + end;
    }

    /** The record as a source posts it. */
    static String envelope(String id) {
        return ENVELOPE.formatted(record(id));
    }

    /** The id in what a destination got, in or without an envelope. */
    static Optional<String> id(String content) {
        int from = content.indexOf(BEFORE_ID);
        int end = content.indexOf(AFTER_ID, from);
        return from < 0 || end < 0 ? Optional.empty() : Optional.of(content.substring(from + BEFORE_ID.length(), end));
    }
}
