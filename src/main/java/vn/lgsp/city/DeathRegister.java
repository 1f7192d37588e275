package vn.lgsp.city;

import jakarta.xml.ws.Provider;
import jakarta.xml.ws.Service;
import jakarta.xml.ws.ServiceMode;
import jakarta.xml.ws.WebServiceProvider;
import java.util.List;
import java.util.stream.Collectors;
import javax.xml.transform.Source;
import org.w3c.dom.Element;

/**
 * The operation GhiNhanKhaiTu. It takes notice of a death under the {@code MaYeuCau} of the request; the same one again is answered with
 * the first receipt, and with a fault if the content is another.
 */
@WebServiceProvider
@ServiceMode(Service.Mode.PAYLOAD)
final class DeathRegister implements Provider<Source> {
    static final String NAMESPACE = "urn:thanhphomau:dancu:khaitu:1.0";

    private static final List<String> CONTENT = List.of("SoDinhDanh", "HoVaTen", "NgayMat", "SoDangKy");

    private final Taken taken = new Taken();

    @Override
    public Source invoke(Source payload) {
        Element request = CitizenLookup.root(payload);
        if (!NAMESPACE.equals(request.getNamespaceURI()) || !"GhiNhanKhaiTu".equals(request.getLocalName())) {
            throw CitizenLookup.refusal("DC-400", "Không có thao tác này");
        }
        String id = text(request, "MaYeuCau");
        String content = CONTENT.stream().map(field -> text(request, field)).collect(Collectors.joining("|"));
        Taken.Entry entry = taken.take(id, content, whole -> text(request, "SoDangKy"));
        if (!entry.content().equals(content)) {
            throw CitizenLookup.refusal("DC-409", "MaYeuCau đã dùng cho nội dung khác");
        }
        return CitizenLookup.xml("<GhiNhanKhaiTuResponse xmlns='" + NAMESPACE + "'><BienNhan>DC-KT-" + entry.receipt()
                + "</BienNhan></GhiNhanKhaiTuResponse>");
    }

    private static String text(Element request, String field) {
        String text = Citizen.text(request, field);
        if (text.isEmpty()) {
            throw CitizenLookup.refusal("DC-400", "Thiếu trường " + field);
        }
        return text;
    }
}
