package vn.lgsp.torture;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;
import vn.lgsp.parse.JsonParsers;
import vn.lgsp.parse.XmlParsers;

/**
 * One invented birth, as its source sends it and as both destinations must get it.
 *
 * @param index from 0
 * @param number of the registration, by which everybody knows it
 * @param message the source's own id of the message
 */
record Notice(int index, String number, String message, String name, String id, int day, String mother) {
    private static final ObjectMapper JSON = JsonParsers.own();
    private static final Pattern NUMBER = Pattern.compile("KS-2026-[0-9]+");
    private static final List<String> NAMES =
            List.of("NGUYỄN THỊ ƯỚC MẪU", "TRẦN VĂN THỬ", "LÊ ĐÌNH VÍ DỤ", "PHẠM THỊ GIẢ ĐỊNH", "VÕ HỮU TƯỞNG TƯỢNG");

    static Notice of(long seed, int index) {
        Random random = Chance.of(seed, "notice " + index);
        return new Notice(
                index,
                "KS-2026-" + (index + 1),
                "urn:lgsp:torture:" + seed + ":" + index,
                NAMES.get(random.nextInt(NAMES.size())) + " " + (char) ('A' + random.nextInt(26)),
                String.format(Locale.ROOT, "0013%08d", random.nextInt(100_000_000)),
                1 + random.nextInt(28),
                NAMES.get(random.nextInt(NAMES.size())));
    }

    /** The number in what a destination got, if there is one. */
    static Optional<String> numberIn(String content) {
        Matcher number = NUMBER.matcher(content);
        return number.find() ? Optional.of(number.group()) : Optional.empty();
    }

    /** Every second source speaks SOAP 1.2. */
    boolean isSoap12() {
        return index % 2 == 1;
    }

    String contentType() {
        return isSoap12() ? "application/soap+xml; charset=utf-8" : "text/xml; charset=utf-8";
    }

    /** The whole request body. */
    String envelope() {
        return """
                <s:Envelope xmlns:s="%s">
                  <s:Header><wsa:MessageID xmlns:wsa="http://www.w3.org/2005/08/addressing">%s</wsa:MessageID></s:Header>
                  <s:Body>
                    <ThongBaoKhaiSinh xmlns="urn:thanhphomau:hotich:khaisinh:1.0">
                      <SoDangKy>%s</SoDangKy>
                      <NgayDangKy>%s</NgayDangKy>
                      <MaNoiDangKy>H99.09.05</MaNoiDangKy>
                      <NguoiDuocKhaiSinh>
                        <SoDinhDanh>%s</SoDinhDanh>
                        <HoVaTen>%s</HoVaTen>
                        <NgaySinh>%s</NgaySinh>
                        <GioiTinh>1</GioiTinh>
                        <NoiSinh>Bệnh viện Mẫu</NoiSinh>
                      </NguoiDuocKhaiSinh>
                      <Me><HoVaTen>%s</HoVaTen></Me>
                    </ThongBaoKhaiSinh>
                  </s:Body>
                </s:Envelope>
                """.formatted(
                isSoap12() ? "http://www.w3.org/2003/05/soap-envelope" : "http://schemas.xmlsoap.org/soap/envelope/",
                message,
                number,
                "%02d/02/2026".formatted(day),
                id,
                name,
                "%02d/01/2026".formatted(day),
                mother);
    }

    /** Whether this is exactly what the destination must get. */
    boolean isRightAt(Destination destination, String content) {
        return destination == Destination.SOCIAL_INSURANCE ? isRightJson(content) : isRightXml(content);
    }

    /** As the social insurance office must get it. */
    String json() {
        return expected().toString();
    }

    /** As the civil archive must get it. */
    String xml() {
        StringBuilder fields = new StringBuilder();
        for (List<String> field : fields()) {
            fields.append("<Truong ten=\"%s\">%s</Truong>".formatted(field.get(0), field.get(1)));
        }
        return "<TaiLieu xmlns=\"urn:thanhphomau:luutru:1.0\" loai=\"KS\"><SoHieu>%s</SoHieu><NgayBanHanh>2026-02-%02d</NgayBanHanh>"
                        .formatted(number, day)
                + "<CoQuanBanHanh>H99.09.05</CoQuanBanHanh><TrichYeu>Khai sinh: %s</TrichYeu><NoiDung>%s</NoiDung></TaiLieu>"
                        .formatted(name, fields);
    }

    private boolean isRightJson(String content) {
        try {
            return JSON.readTree(content).equals(expected());
        } catch (JsonProcessingException notJson) {
            return false;
        }
    }

    private JsonNode expected() {
        ObjectNode child = JsonNodeFactory.instance
                .objectNode()
                .put("soDinhDanh", id)
                .put("hoTen", name)
                .put("ngaySinh", "202601%02d".formatted(day))
                .put("gioiTinh", "1")
                .put("noiSinh", "Bệnh viện Mẫu");
        ObjectNode root = JsonNodeFactory.instance
                .objectNode()
                .put("soDangKy", number)
                .put("ngayDangKy", "202602%02d".formatted(day))
                .put("maDonVi", "H99.09.05");
        root.set("tre", child);
        root.set("me", JsonNodeFactory.instance.objectNode().put("hoTen", mother));
        return root;
    }

    private List<List<String>> fields() {
        return List.of(
                List.of("NguoiDuocKhaiSinh/SoDinhDanh", id),
                List.of("NguoiDuocKhaiSinh/HoVaTen", name),
                List.of("NguoiDuocKhaiSinh/NgaySinh", "2026-01-%02d".formatted(day)),
                List.of("NguoiDuocKhaiSinh/GioiTinh", "1"),
                List.of("NguoiDuocKhaiSinh/NoiSinh", "Bệnh viện Mẫu"),
                List.of("Me/HoVaTen", mother));
    }

    private boolean isRightXml(String content) {
        return texts(content).equals(texts(xml()));
    }

    /** Every element with its attribute and text, in order; empty for what is not XML. */
    private static List<String> texts(String xml) {
        try {
            NodeList all = XmlParsers.trees()
                    .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)))
                    .getElementsByTagName("*");
            List<String> found = new ArrayList<>();
            for (int i = 0; i < all.getLength(); i++) {
                Element element = (Element) all.item(i);
                boolean leaf = element.getElementsByTagName("*").getLength() == 0;
                found.add("{" + element.getNamespaceURI() + "}" + element.getLocalName() + " "
                        + element.getAttribute("ten") + " " + (leaf ? element.getTextContent() : ""));
            }
            return found;
        } catch (SAXException | IOException notXml) {
            return List.of();
        }
    }
}
