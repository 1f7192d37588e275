package vn.lgsp.runtime;

import java.util.List;

/** edXML packets of tests, written as text from the specification (wire-formats 2.8 and 2.9). */
final class EdocPackets {
    private static final String HEAD = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            + "<edXML xmlns=\"http://www.mic.gov.vn/TBT/QCVN_102_2016\"><edXML:edXMLEnvelope"
            + " xmlns:edXML=\"http://www.mic.gov.vn/TBT/QCVN_102_2016\"><edXML:edXMLHeader><edXML:MessageHeader>";

    private EdocPackets() {}

    static String documentId(String from, int number) {
        return from + ",2026/01/15," + number + "/VP";
    }

    private static String organ(String element, String code) {
        return "<edXML:%1$s><edXML:OrganId>%2$s</edXML:OrganId><edXML:OrganizationInCharge>UBND tỉnh Mẫu</edXML:OrganizationInCharge><edXML:OrganName>Cơ quan thử</edXML:OrganName></edXML:%1$s>"
                .formatted(element, code);
    }

    static String document(String from, int number, String... to) {
        return document(from, number, 0, "", List.of(to));
    }

    /** @param business 1 revokes, 2 updates, 3 replaces */
    static String document(String from, int number, int business, String more, List<String> to) {
        StringBuilder text = new StringBuilder(HEAD).append(organ("From", from));
        to.forEach(code -> text.append(organ("To", code)));
        return text.append("<edXML:DocumentId>")
                .append(documentId(from, number))
                .append("</edXML:DocumentId><edXML:Code><edXML:CodeNumber>")
                .append(number)
                .append(
                        "</edXML:CodeNumber><edXML:CodeNotation>VP</edXML:CodeNotation></edXML:Code><edXML:PromulgationInfo>"
                                + "<edXML:Place>Tỉnh Mẫu</edXML:Place><edXML:PromulgationDate>2026/01/15</edXML:PromulgationDate>"
                                + "</edXML:PromulgationInfo><edXML:DocumentType><edXML:Type>1</edXML:Type><edXML:TypeDetail>0</edXML:TypeDetail>"
                                + "<edXML:TypeName>Công văn</edXML:TypeName></edXML:DocumentType><edXML:Subject>V/v van-ban-")
                .append(number)
                .append("</edXML:Subject>")
                .append(
                        business == 1
                                ? "<edXML:ResponseFor><edXML:OrganId>%s</edXML:OrganId><edXML:Code>1/VP</edXML:Code><edXML:DocumentId>%s</edXML:DocumentId><edXML:PromulgationDate>2026/01/15</edXML:PromulgationDate></edXML:ResponseFor>"
                                        .formatted(from, documentId(from, 1))
                                : "")
                .append("</edXML:MessageHeader><edXML:TraceHeaderList><edXML:TraceHeader><edXML:OrganId>")
                .append(from)
                .append("</edXML:OrganId><edXML:Timestamp>2026/01/15 08:30:00</edXML:Timestamp></edXML:TraceHeader>"
                        + "<edXML:Bussiness><edXML:BussinessDocType>")
                .append(business)
                .append(
                        "</edXML:BussinessDocType><edXML:BussinessDocReason>Thử</edXML:BussinessDocReason><edXML:Paper>0</edXML:Paper>")
                .append(more)
                .append(
                        "<edXML:StaffInfo><edXML:Department>Văn thư</edXML:Department><edXML:Staff>Cán bộ thử nghiệm</edXML:Staff>"
                                + "</edXML:StaffInfo></edXML:Bussiness></edXML:TraceHeaderList></edXML:edXMLHeader><edXML:edXMLBody>"
                                + "<edXML:edXMLManifest version=\"1.0\"/></edXML:edXMLBody></edXML:edXMLEnvelope></edXML>")
                .toString();
    }

    /** @param code of two digits, such as 03 */
    static String status(String from, String to, int number, String code) {
        return HEAD + organ("From", from)
                + "<edXML:ResponseFor><edXML:OrganId>%s</edXML:OrganId><edXML:Code>%d/VP</edXML:Code><edXML:PromulgationDate>2026/01/15</edXML:PromulgationDate><edXML:DocumentId>%s</edXML:DocumentId></edXML:ResponseFor>"
                        .formatted(to, number, documentId(to, number))
                + "<edXML:StaffInfo><edXML:Department>Văn thư</edXML:Department><edXML:Staff>Cán bộ thử nghiệm</edXML:Staff></edXML:StaffInfo>"
                + "<edXML:StatusCode>%s</edXML:StatusCode><edXML:Description>Đã tiếp nhận</edXML:Description><edXML:Timestamp>2026/01/15 09:05:00</edXML:Timestamp>"
                        .formatted(code)
                + "</edXML:MessageHeader></edXML:edXMLHeader></edXML:edXMLEnvelope></edXML>";
    }
}
