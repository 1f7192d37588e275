package vn.lgsp.hub;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The page of the hub: Vietnamese first, English beside it. It works without its script, which only brings in what is new. */
final class HubPage {
    private static final int SHOWN = 50;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.of("Asia/Ho_Chi_Minh"));

    private HubPage() {}

    static String page(Hub hub) {
        return page(hub, Optional.empty());
    }

    /** @param wrong why what was sent was not done */
    static String page(Hub hub, Optional<String> wrong) {
        List<Received> received = hub.received();
        Map<String, Long> counts =
                received.stream().collect(Collectors.groupingBy(Received::simulator, Collectors.counting()));
        long last = received.isEmpty() ? 0 : received.get(received.size() - 1).number();
        StringBuilder html = new StringBuilder();
        html.append("<!doctype html><html lang=\"vi\"><head><meta charset=\"utf-8\">"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
                + "<title>Hub giả lập · LGSP</title><link rel=\"stylesheet\" href=\"/hub/hub.css\">"
                + "<link rel=\"icon\" href=\"/hub/hub.svg\">"
                + "<script src=\"/hub/hub.js\" defer></script></head><body><header><strong>LGSP</strong>"
                + "<span>Hub giả lập <span class=\"en\" lang=\"en\">hub in a box</span></span></header><main>"
                + "<h1>Các nền tảng quốc gia, giả lập <span class=\"en\" lang=\"en\">the national platforms, simulated"
                + "</span></h1><p>Mọi dữ liệu ở đây đều là hư cấu. <span class=\"en\" lang=\"en\">Everything here is"
                + " invented.</span></p>");
        wrong.ifPresent(
                reason -> html.append("<p class=\"notice\" role=\"alert\">Không thực hiện được <span class=\"en\""
                                + " lang=\"en\">not done</span>: <span lang=\"en\">")
                        .append(Xml.escaped(reason))
                        .append("</span></p>"));
        html.append(heading("Công tắc lỗi", "fault switches"));
        html.append(
                "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Công tắc lỗi\"><table id=\"switches\">"
                        + "<thead><tr>");
        column(html, "Hệ thống", "simulator");
        column(html, "Đã nhận", "received");
        column(html, "Đang bật", "on");
        column(html, "Bật lỗi", "turn on");
        html.append("</tr></thead><tbody>");
        hub.known()
                .values()
                .forEach(simulated -> html.append(row(hub, simulated, counts.getOrDefault(simulated.name(), 0L))));
        html.append("</tbody></table></div><form method=\"post\" action=\"/hub/switch\">"
                + "<button name=\"reset\" value=\"yes\" aria-label=\"Làm lại từ đầu\">Làm lại từ đầu"
                + " <span class=\"en\" lang=\"en\">forget everything</span></button></form>");
        inbound(html);
        html.append(heading("Đã nhận", "received"));
        html.append("<p id=\"news\" role=\"status\" aria-live=\"polite\"></p>");
        html.append("<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Đã nhận\">"
                + "<table id=\"received\" data-last=\"" + last + "\"><thead><tr>");
        column(html, "Lúc", "at");
        column(html, "Hệ thống", "simulator");
        column(html, "Nghiệp vụ", "operation");
        column(html, "Yêu cầu", "request");
        column(html, "Trả lời", "answer");
        column(html, "Kiểm tra", "checks");
        column(html, "Lỗi đã gây", "fault");
        html.append("</tr></thead><tbody>");
        for (int i = received.size() - 1; i >= Math.max(0, received.size() - SHOWN); i--) {
            html.append(row(received.get(i)));
        }
        html.append(
                "</tbody></table></div><p class=\"none\">Chưa nhận lời gọi nào. <span class=\"en\" lang=\"en\">Nothing has"
                        + " been received yet.</span></p>");
        settings(html, hub);
        return html.append("</main></body></html>").toString();
    }

    /** Lets the portal call the platform; what that answers is shown as it is. */
    private static void inbound(StringBuilder html) {
        html.append(heading("Cổng dịch vụ công gọi nền tảng", "the portal calls the platform"));
        html.append(
                "<form method=\"post\" action=\"/hub/portal/button\"><select name=\"call\" aria-label=\"Lời gọi của Cổng\">");
        HubRoutes.INBOUND.stream()
                .sorted()
                .forEach(call -> html.append("<option>").append(call).append("</option>"));
        html.append(
                "</select><input name=\"url\" size=\"48\" value=\"http://127.0.0.1:8080/api/portal-message-take/v1/forward\""
                        + " aria-label=\"Địa chỉ của nền tảng\"><input name=\"key\" size=\"20\" placeholder=\"X-Api-Key\""
                        + " aria-label=\"Khóa của Cổng\"><button aria-label=\"Gọi nền tảng\">Gọi"
                        + " <span class=\"en\" lang=\"en\">call</span></button></form>");
    }

    /** One line for each setting, with the value that holds; an empty field sets the usual one. */
    private static void settings(StringBuilder html, Hub hub) {
        html.append(heading("Cài đặt", "settings"));
        html.append("<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Cài đặt\"><table id=\"settings\">"
                + "<thead><tr>");
        column(html, "Hệ thống", "simulator");
        column(html, "Cài đặt", "setting");
        column(html, "Thường là", "usual");
        column(html, "Giá trị", "value");
        html.append("</tr></thead><tbody>");
        hub.known().values().forEach(simulated -> new TreeMap<>(
                        hub.settings(simulated.name()).all())
                .forEach((name, value) -> html.append(row(
                        simulated, name, value, hub.settings(simulated.name()).usual(name)))));
        html.append("</tbody></table></div>");
    }

    private static String row(Simulated simulated, String name, String value, String usual) {
        String what = name + ", " + simulated.vietnamese();
        return "<tr class=\"" + (value.equals(usual) ? "" : "set") + "\"><th scope=\"row\"><code>/" + simulated.name()
                + "</code></th><td><code>" + name + "</code></td><td>" + (usual.isEmpty() ? "–" : Xml.escaped(usual))
                + "</td><td><form method=\"post\" action=\"/hub/setting\"><input type=\"hidden\" name=\"simulator\" value=\""
                + simulated.name() + "\"><input type=\"hidden\" name=\"name\" value=\"" + name
                + "\"><input name=\"value\" size=\"24\" value=\"" + Xml.escaped(value) + "\" placeholder=\"như thường\""
                + " aria-label=\"Giá trị của " + what + "\"><button aria-label=\"Đặt " + what
                + "\">Đặt <span class=\"en\" lang=\"en\">set</span></button></form></td></tr>";
    }

    private static String row(Hub hub, Simulated simulated, long count) {
        String name = simulated.name();
        String on = hub.faults(name).on().stream()
                .map(set -> "<span class=\"on\">" + Xml.escaped(set.fault().label())
                        + (set.value().isEmpty() ? "" : "=" + Xml.escaped(set.value()))
                        + (set.left() == Faults.LASTING ? "" : " ×" + set.left())
                        + (set.operation().isEmpty() ? "" : " · " + Xml.escaped(set.operation())) + "</span>")
                .collect(Collectors.joining(" "));
        String options = simulated.faults().stream()
                .map(fault -> "<option value=\"" + fault.label() + "\">" + fault.vietnamese() + " · " + fault.english()
                        + "</option>")
                .collect(Collectors.joining());
        Function<String, String> hidden =
                field -> "<input type=\"hidden\" name=\"" + field + "\" value=\"" + name + "\">";
        String fault = "Lỗi của " + simulated.vietnamese();
        return "<tr id=\"" + name + "\"><th scope=\"row\">" + simulated.vietnamese()
                + "<br><span class=\"en\" lang=\"en\">" + simulated.english() + "</span><br><code>/" + name
                + "</code></th><td class=\"count\" data-label=\"Đã nhận\">" + count + "</td><td><div class=\"chips\">"
                + (on.isEmpty() ? "–" : on + clear(hidden.apply("simulator"), simulated)) + "</div></td><td>"
                + "<form method=\"post\" action=\"/hub/switch\">" + hidden.apply("simulator")
                + "<select name=\"fault\" aria-label=\"" + fault + "\">" + options + "</select>"
                + "<input name=\"value\" size=\"8\" placeholder=\"giá trị\" aria-label=\"Giá trị, "
                + simulated.vietnamese() + "\"><input name=\"times\" size=\"3\" inputmode=\"numeric\""
                + " placeholder=\"lần\" aria-label=\"Số lần, " + simulated.vietnamese()
                + "\"><input name=\"operation\" size=\"8\" placeholder=\"đường dẫn\" aria-label=\"Chỉ khi đường dẫn có, "
                + simulated.vietnamese() + "\"><button aria-label=\"Bật, " + simulated.vietnamese()
                + "\">Bật <span class=\"en\" lang=\"en\">on</span></button></form></td></tr>";
    }

    private static String clear(String simulator, Simulated simulated) {
        return "<form method=\"post\" action=\"/hub/switch\">" + simulator
                + "<button name=\"clear\" value=\"yes\" aria-label=\"Tắt hết, " + simulated.vietnamese()
                + "\">Tắt hết <span class=\"en\" lang=\"en\">off</span></button></form>";
    }

    private static String row(Received call) {
        String failed = call.checks().stream()
                .filter(check -> !check.passed())
                .map(check -> "<li class=\"failed\">✗ " + Xml.escaped(check.name())
                        + (check.detail().isEmpty() ? "" : ": " + Xml.escaped(check.detail())) + "</li>")
                .collect(Collectors.joining());
        String passed = call.checks().stream()
                .filter(Received.Check::passed)
                .map(check -> Xml.escaped(check.name()))
                .collect(Collectors.joining(" · "));
        String checks = failed + (passed.isEmpty() ? "" : "<li class=\"passed\">✓ " + passed + "</li>");
        return "<tr class=\"" + (call.isRight() ? "" : "wrong") + "\"><td><time datetime=\"" + call.at() + "\">"
                + TIME.format(call.at()) + "</time></td><td>" + call.simulator() + "</td><td class=\"operation\">"
                + Xml.escaped(call.operation()) + "</td><td data-label=\"Yêu cầu\">"
                + body(call.number(), "request", call.requestBytes(), call.requestDigest())
                + "</td><td data-label=\"Trả lời\">"
                + (call.status() == 0 ? "–" : call.status() + " ")
                + body(call.number(), "response", call.responseBytes(), call.responseDigest()) + "</td><td><ul>"
                + checks + "</ul></td><td>" + Xml.escaped(call.fault()) + "</td></tr>";
    }

    /** Its size, which leads to the body, and the beginning of its digest. */
    private static String body(long number, String part, long bytes, String digest) {
        return bytes == 0
                ? "0 B"
                : "<a href=\"/hub/received/" + number + "/" + part + "\">" + bytes + " B</a> <code title=\"SHA-256 "
                        + digest + "\">" + digest.substring(0, 8) + "</code>";
    }

    private static String heading(String title, String english) {
        return "<h2>" + title + " <span class=\"en\" lang=\"en\">" + english + "</span></h2>";
    }

    private static void column(StringBuilder html, String title, String english) {
        html.append("<th scope=\"col\">")
                .append(title)
                .append("<br><span class=\"en\" lang=\"en\">")
                .append(english)
                .append("</span></th>");
    }
}
