package vn.lgsp.hub;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Collectors;

/** The sample packets of wire-formats 2.8 and 2.9. */
final class Packets {
    private static final String NAMESPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016";
    private static final String ZIP =
            "UEsDBBQAAAAAAAAAIVqKKQVbDAAAAAwAAAAHAAAAbWF1LnR4dG5vaSBkdW5nIHRodVBLAQIUAxQAAAAAAAAAIVqKKQVbDAAAAAwAAAAHAAAAAAAAAAAAAACAAQAAAABtYXUudHh0UEsFBgAAAAABAAEANQAAADEAAAAAAA==";

    private Packets() {}

    static byte[] document(String from, String... to) {
        String receivers = Arrays.stream(to)
                .map(code -> "<e:To><e:OrganId>" + code + "</e:OrganId><e:OrganName>Nơi nhận</e:OrganName></e:To>")
                .collect(Collectors.joining());
        return ("<?xml version=\"1.0\" encoding=\"UTF-8\"?><edXML xmlns=\"" + NAMESPACE
                        + "\"><e:edXMLEnvelope xmlns:e=\"" + NAMESPACE + "\"><e:edXMLHeader><e:MessageHeader>"
                        + "<e:From><e:OrganId>" + from + "</e:OrganId><e:OrganName>Nơi gửi</e:OrganName></e:From>"
                        + receivers
                        + "<e:Code><e:CodeNumber>12</e:CodeNumber><e:CodeNotation>UBND-VP</e:CodeNotation></e:Code>"
                        + "<e:PromulgationInfo><e:Place>Tỉnh Mẫu</e:Place><e:PromulgationDate>2026/01/15</e:PromulgationDate></e:PromulgationInfo>"
                        + "<e:Subject>V/v kiểm thử liên thông</e:Subject>"
                        + "<e:DocumentId>000.00.00.H99,2014/02/30,12/UBND-VP</e:DocumentId>"
                        + "</e:MessageHeader><e:TraceHeaderList><e:Bussiness><e:BussinessDocType>0</e:BussinessDocType></e:Bussiness></e:TraceHeaderList></e:edXMLHeader>"
                        + "<e:edXMLBody><e:edXMLManifest version=\"1.0\"><e:Reference><e:ContentId>cid:mau-001</e:ContentId></e:Reference></e:edXMLManifest></e:edXMLBody></e:edXMLEnvelope>"
                        + "<AttachmentEncoded><Attachment><ContentId>mau-001</ContentId><AttachmentName>mau.txt</AttachmentName><ContentType>text/plain</ContentType>"
                        + "<e:ContentTransferEncoded xmlns:e=\"" + NAMESPACE + "\">" + ZIP
                        + "</e:ContentTransferEncoded></Attachment></AttachmentEncoded></edXML>")
                .getBytes(UTF_8);
    }

    static byte[] state(String from, String to, String code) {
        return ("<edXML xmlns=\"" + NAMESPACE + "\"><edXMLEnvelope><edXMLHeader><MessageHeader>"
                        + "<From><OrganId>" + from + "</OrganId></From><ResponseFor><OrganId>" + to
                        + "</OrganId><Code>12/UBND-VP</Code><PromulgationDate>2026/01/15</PromulgationDate>"
                        + "<DocumentId>000.00.00.H99,2014/02/30,12/UBND-VP</DocumentId></ResponseFor><StatusCode>"
                        + code + "</StatusCode><Timestamp>2026/01/15 09:05:00</Timestamp>"
                        + "</MessageHeader></edXMLHeader></edXMLEnvelope></edXML>")
                .getBytes(UTF_8);
    }

    static String hash(byte[] packet, boolean padded) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(packet);
            return padded ? HexFormat.of().formatHex(digest) : Digests.withoutZeros(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
