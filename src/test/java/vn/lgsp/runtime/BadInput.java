package vn.lgsp.runtime;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;

/** Everything that content can be and should not; {@code docs/reference/bad-input.md} lists the same. */
final class BadInput {
    /** What stands in a file that nobody may open, and in content that nobody may be shown. */
    static final String SECRET = "BI-MAT-4711";

    private static final int DEEP = 100_000;

    private BadInput() {}

    /** What content claims to be. */
    enum Form {
        XML,
        JSON,
        SOAP
    }

    /**
     * One thing that comes in.
     *
     * @param name as the page of reference has it
     * @param accepted whether it is content like any other
     * @param action of SOAP; empty for that of the contract
     */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares these
    record Case(String name, Form form, boolean accepted, byte[] content, String action) {
        @Override
        public String toString() {
            return name;
        }
    }

    /**
     * All of them.
     *
     * @param listener a port of loopback that hears of every connection
     * @param file that holds {@link #SECRET}
     * @param soap namespace of the envelopes
     */
    static List<Case> all(int listener, String file, String soap) {
        String web = "http://127.0.0.1:" + listener + "/x";
        Documents all = new Documents(soap);

        // What would open or fetch something
        all.refused("entity-of-a-file", "<!DOCTYPE x [<!ENTITY e SYSTEM \"" + file + "\">]>", "&e;");
        all.refused("entity-of-an-address", "<!DOCTYPE x [<!ENTITY e SYSTEM \"" + web + "\">]>", "&e;");
        all.refused("external-dtd", "<!DOCTYPE x SYSTEM \"" + web + ".dtd\">", "x");
        all.refused("parameter-entity", "<!DOCTYPE x [<!ENTITY % p SYSTEM \"" + web + "\"> %p;]>", "x");
        all.refused("doctype", "<!DOCTYPE x>", "x");
        all.utf16("doctype-in-utf-16", false, "<!DOCTYPE x [<!ENTITY e SYSTEM \"" + web + "\">]>", "&e;");
        all.accepted(
                "xinclude",
                "",
                "<i:include xmlns:i=\"http://www.w3.org/2001/XInclude\" parse=\"text\" href=\"" + file + "\"/>");
        all.accepted(
                "schema-location",
                "",
                "<y xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"urn:x " + web
                        + ".xsd\" xsi:noNamespaceSchemaLocation=\"" + web + ".xsd\"/>");
        all.accepted("stylesheet-instruction", "<?xml-stylesheet type=\"text/xsl\" href=\"" + web + ".xsl\"?>", "x");

        // What would fill memory or time
        StringBuilder laughs = new StringBuilder("<!DOCTYPE x [<!ENTITY a0 \"ha\">");
        for (int i = 1; i < 10; i++) {
            laughs.append("<!ENTITY a")
                    .append(i)
                    .append(" \"")
                    .append(("&a" + (i - 1) + ";").repeat(10))
                    .append("\">");
        }
        all.refused("billion-laughs", laughs + "]>", "&a9;");
        all.refused(
                "quadratic-blow-up",
                "<!DOCTYPE x [<!ENTITY a \"" + "ha".repeat(50_000) + "\">]>",
                "&a;".repeat(20_000));
        all.refused("nesting", "", "<a>".repeat(DEEP) + "</a>".repeat(DEEP));
        all.json("nesting", false, "[".repeat(DEEP) + "]".repeat(DEEP));
        all.json("nesting-of-objects", false, "{\"a\":".repeat(DEEP) + "1" + "}".repeat(DEEP));
        all.refused("nesting-without-end", "", "<a>".repeat(DEEP));
        all.json("nesting-without-end", false, "[".repeat(DEEP));
        StringBuilder attributes = new StringBuilder();
        StringBuilder namespaces = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            attributes.append(" a").append(i).append("=\"\"");
            namespaces.append(" xmlns:a").append(i).append("=\"urn:").append(i).append('"');
        }
        all.refused("many-attributes", "", "<y" + attributes + "/>");
        all.refused("long-name", "", "<" + "y".repeat(200_000) + "/>");
        all.json("long-name", false, "{\"" + "y".repeat(200_000) + "\":1}");
        all.accepted("long-attribute", "", "<y a=\"" + "y".repeat(900_000) + "\"/>");
        all.accepted("long-text", "", "y".repeat(900_000));
        all.json("long-text", true, "{\"ten\":\"" + "y".repeat(900_000) + "\"}");
        all.json("number-of-many-digits", false, "{\"so\":" + "9".repeat(10_000_000) + "}");
        all.json("number-with-a-wide-exponent", false, "{\"so\":1e999999999}");
        all.json("number-with-a-narrow-exponent", false, "{\"so\":1e-999999999}");
        all.json("exponent-beyond-a-word", false, "{\"so\":1e99999999999999999999}");

        // What says another encoding than it is in
        Charset vietnamese = Charset.forName("windows-1258");
        all.raw("another-encoding-than-declared", false, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>", vietnamese);
        all.json("another-encoding-than-declared", false, "{\"ten\":\"Đào\"}".getBytes(vietnamese));
        all.raw("another-encoding-declared", true, "<?xml version=\"1.0\" encoding=\"windows-1258\"?>", vietnamese);
        all.raw("unknown-encoding", false, "<?xml version=\"1.0\" encoding=\"klingon\"?>", UTF_8);
        all.raw("utf-16-without-mark", false, "", UTF_16LE);
        all.json("utf-16-without-mark", false, "{\"ten\":\"Đào\"}".getBytes(UTF_16LE));
        all.json("utf-16", false, "{\"ten\":\"Đào\"}".getBytes(UTF_16));
        all.utf16("utf-16", true, "", "Đào");
        all.raw("byte-order-mark", true, "\uFEFF", UTF_8);
        all.json("byte-order-mark", true, "\uFEFF{\"ten\":\"Đào\"}");
        all.bytes("invalid-utf-8", new byte[] {(byte) 0xC3, 0x28});
        all.bytes("overlong-utf-8", new byte[] {(byte) 0xC0, (byte) 0xAF});
        all.bytes("half-of-a-character", new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80});
        all.refused("half-of-a-character-escaped", "", "&#xD800;");
        all.json("half-of-a-character-escaped", false, "{\"ten\":\"\\uD800\"}");
        all.json("half-of-a-character-in-a-name", false, "{\"\\uDC00\":1}");
        all.bytes("nul", new byte[] {0});
        all.refused("nul-escaped", "", "&#0;");
        all.json("nul-escaped", true, "{\"ten\":\"\\u0000\"}");
        all.refused("control-character", "", "\u0001");
        all.json("control-character", false, "{\"ten\":\"\u0001\"}");

        // What is not quite JSON or XML
        all.json("member-twice", false, "{\"ten\":1,\"ten\":2}");
        all.json("member-twice-escaped", false, "{\"ten\":1,\"t\\u0065n\":2}");
        all.json("not-a-number", false, "{\"so\":NaN}");
        all.json("infinity", false, "{\"so\":-Infinity}");
        all.json("comment", false, "{\"so\":1 /* " + SECRET + " */}");
        all.json("single-quotes", false, "{'so':1}");
        all.json("comma-at-the-end", false, "{\"so\":1,}");
        all.json("leading-zero", false, "{\"so\":007}");
        all.json("plus-sign", false, "{\"so\":+7}");
        all.json("cut-off", false, "{\"ten\":\"" + SECRET);
        all.json("something-after-the-end", false, "{} " + SECRET);
        all.json("only-blanks", false, "  ");
        all.cutOff();
        all.refused("undeclared-entity", "", "&nbsp;");
        all.refused("undeclared-prefix", "", "<q:y/>");
        all.refused("attribute-twice", "", "<y a=\"1\" a=\"2\"/>");
        all.refused("tags-that-cross", "", "<a><b></a></b>");
        all.made.add(new Case("many-namespaces", Form.SOAP, false, all.envelope("", "<y" + namespaces + "/>"), ""));
        all.xml("something-after-the-end", false, (all.document("", "x") + SECRET).getBytes(UTF_8));
        all.xml("two-roots", false, (all.document("", "x") + all.document("", "x")).getBytes(UTF_8));
        all.xml("only-blanks", false, "  ".getBytes(UTF_8));
        all.xml("json-instead", false, "{}".getBytes(UTF_8));
        all.json("xml-instead", false, "<x/>");

        // What is no envelope
        String open = "<s:Envelope xmlns:s=\"" + soap + "\">";
        String body = "<s:Body>" + Documents.payload("x") + "</s:Body>";
        String two = "<s:Body>" + Documents.payload("x") + Documents.payload("x") + "</s:Body>";
        all.soap("soap-with-two-bodies", open + body + body + "</s:Envelope>");
        all.soap("soap-with-two-payloads", open + two + "</s:Envelope>");
        all.soap("soap-without-body", open + "</s:Envelope>");
        all.soap("soap-with-an-empty-body", open + "<s:Body/></s:Envelope>");
        all.soap(
                "soap-with-text-beside",
                open + "<s:Body>" + SECRET + Documents.payload("x") + "</s:Body></s:Envelope>");
        all.soap("soap-cut-off", open + body);
        all.soap("soap-without-envelope", Documents.payload("x"));
        all.soap(
                "soap-of-an-unknown-version",
                open.replace(soap, "http://www.w3.org/2001/12/soap-envelope") + body + "</s:Envelope>");
        all.soap("soap-without-namespace", "<Envelope><Body>" + Documents.payload("x") + "</Body></Envelope>");
        all.made.add(new Case("soap-with-another-action", Form.SOAP, false, all.envelope("", "x"), "urn:test:other"));
        return all.made;
    }

    /** The same document as XML and in an envelope. */
    private static final class Documents {
        private final String soap;
        private final List<Case> made = new ArrayList<>();

        Documents(String soap) {
            this.soap = soap;
        }

        static String payload(String content) {
            return "<g:Greet xmlns:g=\"" + SoapService.NAMESPACE + "\"><g:name>" + content + "</g:name></g:Greet>";
        }

        String document(String before, String content) {
            return before + payload(content);
        }

        private String enveloped(String before, String content) {
            return before + SoapService.envelope(soap, "", payload(content));
        }

        byte[] envelope(String before, String content) {
            return enveloped(before, content).getBytes(UTF_8);
        }

        void refused(String name, String before, String content) {
            both(name, false, before, content, UTF_8);
        }

        void accepted(String name, String before, String content) {
            both(name, true, before, content, UTF_8);
        }

        void utf16(String name, boolean accepted, String before, String content) {
            both(name, accepted, "<?xml version=\"1.0\" encoding=\"UTF-16\"?>" + before, content, UTF_16);
        }

        void raw(String name, boolean accepted, String before, Charset charset) {
            both(name, accepted, before, "Đào", charset);
        }

        private void both(String name, boolean accepted, String before, String content, Charset charset) {
            xml(name, accepted, document(before, content).getBytes(charset));
            made.add(new Case(
                    name, Form.SOAP, accepted, enveloped(before, content).getBytes(charset), ""));
        }

        /** Bytes that are no text, where a name stands. */
        void bytes(String name, byte[] wrong) {
            xml(name, false, around(document("", "|"), wrong));
            made.add(new Case(name, Form.SOAP, false, around(enveloped("", "|"), wrong), ""));
            json(name, false, around("{\"ten\":\"|\"}", wrong));
        }

        private static byte[] around(String text, byte[] wrong) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            int middle = text.indexOf('|');
            all.writeBytes(text.substring(0, middle).getBytes(UTF_8));
            all.writeBytes(wrong);
            all.writeBytes(text.substring(middle + 1).getBytes(UTF_8));
            return all.toByteArray();
        }

        void cutOff() {
            String whole = document("", SECRET);
            xml("cut-off", false, whole.substring(0, whole.length() - 5).getBytes(UTF_8));
        }

        void xml(String name, boolean accepted, byte[] content) {
            made.add(new Case(name, Form.XML, accepted, content, ""));
        }

        void json(String name, boolean accepted, String content) {
            json(name, accepted, content.getBytes(UTF_8));
        }

        void json(String name, boolean accepted, byte[] content) {
            made.add(new Case(name, Form.JSON, accepted, content, ""));
        }

        void soap(String name, String content) {
            made.add(new Case(name, Form.SOAP, false, content.getBytes(UTF_8), ""));
        }
    }
}
