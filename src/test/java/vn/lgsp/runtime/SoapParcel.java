package vn.lgsp.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;

/** A SOAP message with attachments, written by hand, so that nothing of the bus tests itself. */
@SuppressWarnings("ArrayRecordComponent") // nobody compares it
record SoapParcel(String contentType, byte[] begun) {
    static final String BOUNDARY = "=_ranh'gioi_(1)";

    static SoapParcel mtom(String envelope, String type) {
        return of(
                envelope,
                "application/xop+xml",
                "application/xop+xml; charset=UTF-8; type=\"" + type + "\"",
                "; start-info=\"" + type + "\"");
    }

    static SoapParcel swa(String envelope, String type) {
        return of(envelope, type, type + "; charset=UTF-8", "");
    }

    private static SoapParcel of(String envelope, String type, String root, String more) {
        return new SoapParcel(
                "multipart/related; type=\"" + type + "\"; boundary=\"" + BOUNDARY + "\"" + more,
                ("--" + BOUNDARY + "\r\nContent-Type: " + root
                                + "\r\nContent-Transfer-Encoding: 8bit\r\nContent-ID: <root>\r\n\r\n" + envelope)
                        .getBytes(UTF_8));
    }

    /** With one more part. */
    SoapParcel part(String id, byte[] part) {
        return part(id, "binary", part);
    }

    SoapParcel part(String id, String encoding, byte[] part) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(begun);
        out.writeBytes(("\r\n--" + BOUNDARY + " \r\n" + (id.isEmpty() ? "" : "Content-ID:\r\n <" + id + ">\r\n")
                        + "Content-Transfer-Encoding: " + encoding + "\r\n\r\n")
                .getBytes(UTF_8));
        out.writeBytes(part);
        return new SoapParcel(contentType, out.toByteArray());
    }

    byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(begun);
        out.writeBytes(("\r\n--" + BOUNDARY + "--\r\n").getBytes(UTF_8));
        return out.toByteArray();
    }

    @Override
    public String toString() {
        return contentType.substring(0, 45) + ", " + begun.length + " bytes";
    }
}
