package vn.lgsp.hub;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.w3c.dom.Element;

/** The population database: SOAP 1.1, one operation. */
final class Population implements Api {
    private static final String REQUEST = "http://dancuquocgia.bca";
    private static final String REPLY = "http://www.mic.gov.vn/dancu/1.0";
    private static final String BROKEN = "001099000009";

    private static final List<Citizen> CITIZENS = List.of(
            new Citizen("001099000001", "099000001", "NGUYỄN", "THỊ", "MẪU", "2", "1999", "19990131", "Số 1 Phố Mẫu"),
            new Citizen(
                    "001099000002",
                    "099000002",
                    decomposed("TRẦN"),
                    decomposed("VĂN"),
                    decomposed("THỬ"),
                    "1",
                    "2000",
                    "20000101",
                    decomposed("Thôn Mẫu, phường Thử Nghiệm")),
            new Citizen("001099000003", "", "LÊ", "ÁNH", "DƯƠNG", "2", "1954", "", "Ngõ 05 Phố Mẫu"),
            new Citizen("001000000000", "", "NGƯỜI", "DÙNG THỬ", "NGHIỆM", "1", "2000", "20000101", "Thôn Mẫu"));

    /**
     * Nobody real.
     *
     * @param day {@code yyyyMMdd}, blank where only the year is known
     */
    private record Citizen(
            String id,
            String card,
            String family,
            String middle,
            String given,
            String gender,
            String year,
            String day,
            String address) {
        String name() {
            return family + " " + middle + " " + given;
        }

        String written() {
            return "<ns1:CongDan>" + Xml.element("ns1:SoDinhDanh", id) + Xml.element("ns1:SoCMND", card)
                    + "<ns1:HoVaTen>" + Xml.element("ns1:Ho", family) + Xml.element("ns1:ChuDem", middle)
                    + Xml.element("ns1:Ten", given) + "</ns1:HoVaTen>" + Xml.element("ns1:GioiTinh", gender)
                    + Xml.element("ns1:DanToc", "01") + Xml.element("ns1:TonGiao", "00")
                    + Xml.element("ns1:TinhTrangHonNhan", "1") + Xml.element("ns1:QuocTich", "VN")
                    + "<ns1:NgayThangNamSinh>" + Xml.element("ns1:Nam", day.isEmpty() ? year : "")
                    + Xml.element("ns1:NgayThangNam", day) + "</ns1:NgayThangNamSinh>" + "<ns1:ThuongTru>"
                    + Xml.element("ns1:MaTinhThanh", "99") + Xml.element("ns1:MaQuanHuyen", "009")
                    + Xml.element("ns1:MaPhuongXa", "00991") + Xml.element("ns1:ChiTiet", address)
                    + Xml.element("ns1:QuocGia", "VN") + "</ns1:ThuongTru></ns1:CongDan>";
        }
    }

    @Override
    public Optional<Answer> answer(Call call, String operation) {
        if (!call.isPost()) {
            return Optional.of(Answer.notAllowed("POST"));
        }
        Optional<Element> body = Xml.read(call.body())
                .filter(root -> Xml.is(root, Xml.SOAP, "Envelope"))
                .flatMap(root -> Xml.child(root, Xml.SOAP, "Body"));
        if (!call.check("SOAP 1.1", body.isPresent(), "envelope and body")) {
            return Optional.of(Answer.xml(500, Xml.fault("soapenv:Client", "Không phải SOAP 1.1", "")));
        }
        Optional<Element> asked = Xml.child(body.get(), REQUEST, "TraCuuThongTinCongDan");
        if (!call.check("operation", asked.isPresent(), "TraCuuThongTinCongDan in " + REQUEST)) {
            return Optional.of(Answer.xml(500, Xml.fault("soapenv:Client", "Không có nghiệp vụ này", "")));
        }
        call.operation("TraCuuThongTinCongDan");
        Optional<String> wrong = wrong(asked.get());
        if (!call.check("fields", wrong.isEmpty(), wrong.orElse("all there, in their forms"))) {
            return Optional.of(Answer.xml(
                    500, Xml.fault("soapenv:Client", wrong.orElseThrow() + " không hợp lệ", code("DU_LIEU_SAI"))));
        }
        if (text(asked.get(), "SoDinhDanh").equals(BROKEN) || call.fails()) {
            return Optional.of(Answer.xml(
                    call.fails() ? 200 : 500,
                    Xml.fault("soapenv:Server", "Hệ thống đang bận", code(call.failure("LOI_HE_THONG")))));
        }
        String found = CITIZENS.stream()
                .filter(citizen -> isAsked(citizen, asked.get()))
                .map(Citizen::written)
                .collect(Collectors.joining());
        String twice = call.has(Fault.DUPLICATE) ? found + found : found;
        return Optional.of(Answer.xml(
                200,
                Xml.envelope(
                        "",
                        "<ns1:CongdanCollection xmlns:ns1=\"" + REPLY + "\">" + twice + "</ns1:CongdanCollection>")));
    }

    private static String code(String code) {
        return "<dan:MaLoi xmlns:dan=\"" + REQUEST + "\">" + Xml.escaped(code) + "</dan:MaLoi>";
    }

    /** The first field that is not as it has to be. */
    private static Optional<String> wrong(Element asked) {
        if (!isText(asked, "MaYeuCau", 40)) {
            return Optional.of("MaYeuCau");
        }
        if (!isText(asked, "MaDVC", 20)) {
            return Optional.of("MaDVC");
        }
        if (!text(asked, "MaTichHop").equals("037")) {
            return Optional.of("MaTichHop");
        }
        if (!isText(asked, "MaCanBo", 20)) {
            return Optional.of("MaCanBo");
        }
        if (text(asked, "MaDonVi").length() > 35) {
            return Optional.of("MaDonVi");
        }
        String id = text(asked, "SoDinhDanh");
        String card = text(asked, "SoCMND");
        if (!id.matches("|[0-9]{12}") || id.isEmpty() && card.isEmpty()) {
            return Optional.of("SoDinhDanh");
        }
        if (!card.matches("|[0-9]{9}")) {
            return Optional.of("SoCMND");
        }
        if (!isText(asked, "HoVaTen", 100)) {
            return Optional.of("HoVaTen");
        }
        return born(asked).isEmpty() ? Optional.of("NgayThangNamSinh") : Optional.empty();
    }

    /** Eight digits or four; empty when it is written in neither way. */
    private static Optional<String> born(Element asked) {
        Optional<Element> field = Xml.child(asked, REQUEST, "NgayThangNamSinh");
        if (field.isEmpty()) {
            return Optional.empty();
        }
        String day = text(field.get(), "NgayThangNam");
        String year = text(field.get(), "Nam");
        String plain = text(asked, "NgayThangNamSinh");
        if (plain.matches("[0-9]{4}(-[0-9]{2}-[0-9]{2})?")) {
            return Optional.of(plain.replace("-", ""));
        }
        return Optional.of(day.isEmpty() ? year : day).filter(text -> text.matches("[0-9]{8}|[0-9]{4}"));
    }

    private static boolean isAsked(Citizen citizen, Element asked) {
        String id = text(asked, "SoDinhDanh");
        String card = text(asked, "SoCMND");
        String born = born(asked).orElseThrow();
        return (id.isEmpty() || id.equals(citizen.id()))
                && (card.isEmpty() || card.equals(citizen.card()))
                && plain(text(asked, "HoVaTen")).equals(plain(citizen.name()))
                && (born.length() == 4 ? born.equals(citizen.year()) : born.equals(citizen.day()));
    }

    private static boolean isText(Element asked, String name, int longest) {
        String text = text(asked, name);
        return !text.isEmpty() && text.length() <= longest;
    }

    private static String text(Element parent, String name) {
        return Xml.text(parent, REQUEST, name);
    }

    private static String plain(String name) {
        return Normalizer.normalize(name, Normalizer.Form.NFC).toUpperCase(Locale.ROOT);
    }

    private static String decomposed(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFD);
    }
}
