package vn.lgsp.city;

import jakarta.xml.ws.Provider;
import jakarta.xml.ws.Service;
import jakarta.xml.ws.ServiceMode;
import jakarta.xml.ws.WebServiceProvider;
import java.io.StringReader;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.xml.namespace.QName;
import javax.xml.stream.XMLStreamException;
import javax.xml.transform.Source;
import javax.xml.transform.stream.StreamSource;
import org.apache.cxf.binding.soap.Soap11;
import org.apache.cxf.binding.soap.SoapFault;
import org.apache.cxf.staxutils.StaxUtils;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/**
 * The operation TraCuuThongTinCongDan. An unknown number answers with an empty collection; three invented numbers answer
 * with the failures that consumers must bear:
 *
 * <ul>
 *   <li>{@value #FAULT_SERVER}: a SOAP fault, the system is busy
 *   <li>{@value #FAULT_CLIENT}: a SOAP fault, the request is refused
 *   <li>{@value #ERROR_IN_200}: HTTP 200 with LoiXuLy in place of the collection
 * </ul>
 */
@WebServiceProvider
@ServiceMode(Service.Mode.PAYLOAD)
final class CitizenLookup implements Provider<Source> {
    static final String REQUEST = "http://dancuquocgia.bca";
    static final String REPLY = "http://www.mic.gov.vn/dancu/1.0";

    static final String FAULT_SERVER = "001099009001";
    static final String FAULT_CLIENT = "001099009002";
    static final String ERROR_IN_200 = "001099009003";

    private static final List<String> REQUIRED = List.of("MaYeuCau", "MaDVC", "MaTichHop", "MaCanBo");
    private static final QName SERVER = Soap11.getInstance().getReceiver();
    private static final QName CLIENT = Soap11.getInstance().getSender();

    private final Map<String, Citizen> byNumber = new HashMap<>();
    private final Map<String, Citizen> byOldNumber = new HashMap<>();

    CitizenLookup(List<Citizen> citizens) {
        for (Citizen citizen : citizens) {
            byNumber.put(citizen.number(), citizen);
            byOldNumber.put(citizen.oldNumber(), citizen);
        }
    }

    @Override
    public Source invoke(Source payload) {
        Element request = root(payload);
        check(request);
        return switch (Citizen.text(request, "SoDinhDanh")) {
            case FAULT_SERVER -> throw fault(SERVER, "DC-503", "Hệ thống đang bận, đề nghị gửi lại sau");
            case FAULT_CLIENT -> throw fault(CLIENT, "DC-403", "Cán bộ không được phép tra cứu công dân này");
            case ERROR_IN_200 ->
                xml(
                        "<LoiXuLy xmlns='" + REPLY
                                + "'><MaLoi>DC-017</MaLoi><MoTaLoi>Dữ liệu của công dân đang được cập nhật</MoTaLoi></LoiXuLy>");
            default ->
                xml("<CongdanCollection xmlns='" + REPLY + "'>"
                        + find(request).map(Citizen::xml).orElse("") + "</CongdanCollection>");
        };
    }

    private static void check(Element request) {
        if (!REQUEST.equals(request.getNamespaceURI()) || !"TraCuuThongTinCongDan".equals(request.getLocalName())) {
            throw fault(CLIENT, "DC-400", "Không có thao tác này");
        }
        for (String field : REQUIRED) {
            if (Citizen.text(request, field).isEmpty()) {
                throw fault(CLIENT, "DC-400", "Thiếu trường " + field);
            }
        }
        if (!Citizen.text(request, "MaTichHop").equals("037")) {
            throw fault(CLIENT, "DC-400", "MaTichHop phải là 037");
        }
        if (!Citizen.text(request, "SoDinhDanh").matches("[0-9]{12}")
                && !Citizen.text(request, "SoCMND").matches("[0-9]{9}")) {
            throw fault(CLIENT, "DC-400", "SoDinhDanh phải có 12 chữ số, hoặc SoCMND 9 chữ số");
        }
    }

    private Optional<Citizen> find(Element request) {
        String number = Citizen.text(request, "SoDinhDanh");
        Optional<Citizen> found = Optional.ofNullable(
                number.isEmpty() ? byOldNumber.get(Citizen.text(request, "SoCMND")) : byNumber.get(number));
        String name = Citizen.text(request, "HoVaTen");
        Optional<Element> birth = Citizen.child(request, "NgayThangNamSinh");
        String day = birth.map(element -> Citizen.text(element, "NgayThangNam")).orElse("");
        String year = birth.map(element -> Citizen.text(element, "Nam")).orElse("");
        return found.filter(citizen ->
                        name.isEmpty() || citizen.name().equals(name.toUpperCase(Locale.forLanguageTag("vi"))))
                .filter(citizen -> day.isEmpty() || citizen.day().equals(day))
                .filter(citizen -> year.isEmpty() || citizen.year().equals(year));
    }

    static Element root(Source payload) {
        try {
            Document document = StaxUtils.read(payload);
            return document.getDocumentElement();
        } catch (XMLStreamException broken) {
            throw new SoapFault("XML không hợp lệ", broken, CLIENT);
        }
    }

    static Source xml(String text) {
        return new StreamSource(new StringReader(text));
    }

    /** A fault that says that the caller is to blame. */
    static SoapFault refusal(String ownCode, String text) {
        return fault(CLIENT, ownCode, text);
    }

    private static SoapFault fault(QName code, String ownCode, String text) {
        SoapFault fault = new SoapFault(text, code);
        Element detail = fault.getOrCreateDetail();
        Document document = detail.getOwnerDocument();
        Element error = document.createElementNS(REPLY, "dc:LoiXuLy");
        Element errorCode = document.createElementNS(REPLY, "dc:MaLoi");
        errorCode.setTextContent(ownCode);
        Element errorText = document.createElementNS(REPLY, "dc:MoTaLoi");
        errorText.setTextContent(text);
        error.appendChild(errorCode);
        error.appendChild(errorText);
        detail.appendChild(error);
        return fault;
    }
}
