package vn.lgsp.operate;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import vn.lgsp.operate.SystemsView.Failure;
import vn.lgsp.operate.SystemsView.Link;
import vn.lgsp.operate.SystemsView.Route;

/** The page of {@code /systems} as a browser shows it. */
final class SystemsPage {
    private SystemsPage() {}

    static String list(String operator, List<SystemsView.Member> systems) {
        StringBuilder html = new StringBuilder("<div class=\"wide\"><table id=\"systems\"><thead><tr>");
        for (String[] column : new String[][] {
            {"Hệ thống", "system"},
            {"Kết nối", "link"},
            {"Địa chỉ", "address"},
            {"Xác thực", "credentials"},
            {"Ngắt mạch", "breaker"},
            {"Đang chờ", "waiting"},
            {"Trả lời gần nhất", "last answer"},
            {"Lỗi gần nhất", "last failure"},
            {"Yêu cầu gần nhất", "last request"},
            {"Dịch vụ", "services"}
        }) {
            html.append("<th>")
                    .append(column[0])
                    .append("<br><span class=\"en\">")
                    .append(column[1])
                    .append("</span></th>");
        }
        html.append("</tr></thead><tbody>");
        systems.forEach(system -> row(html, system));
        return OperatorPage.page(
                operator,
                "Các hệ thống",
                "Systems",
                html.append("</tbody></table></div>").toString());
    }

    private static void row(StringBuilder html, SystemsView.Member system) {
        Optional<Route> route = system.route();
        html.append("<tr>");
        OperatorPage.cell(
                html,
                OperatorPage.name(system.id()) + "<br><small>" + OperatorPage.text(system.name()) + " · "
                        + OperatorPage.text(system.agency()) + "</small>");
        OperatorPage.cell(html, link(system.link()));
        OperatorPage.cell(
                html, route.map(Route::address).map(OperatorPage::text).orElse(OperatorPage.NONE));
        OperatorPage.cell(
                html,
                route.map(reached -> OperatorPage.text(String.join(", ", reached.credentials())))
                        .orElse(OperatorPage.NONE));
        OperatorPage.cell(html, route.map(reached -> word(reached.breaker())).orElse(OperatorPage.NONE));
        OperatorPage.cell(html, route.map(SystemsPage::waiting).orElse(OperatorPage.NONE));
        OperatorPage.cell(
                html,
                route.flatMap(Route::lastAnswer)
                        .map(answer -> OperatorPage.time(Optional.of(answer.at()))
                                + (answer.status().isPresent()
                                        ? " · " + answer.status().getAsInt()
                                        : ""))
                        .orElse(OperatorPage.NONE));
        OperatorPage.cell(
                html,
                route.flatMap(Route::lastFailure).map(SystemsPage::failure).orElse(OperatorPage.NONE));
        OperatorPage.cell(
                html,
                system.lastRequest()
                        .map(request -> OperatorPage.time(Optional.of(request.at())) + " · "
                                + OperatorPage.text(request.outcome().label()))
                        .orElse(OperatorPage.NONE));
        OperatorPage.cell(
                html,
                services("cung cấp", "provides", system.provides())
                        + services("khai thác", "consumes", system.consumes()));
        html.append("</tr>");
    }

    private static String waiting(Route route) {
        return route.waitingCalls()
                + route.deliveries()
                        .map(deliveries -> " · <a href=\"/deliveries\">" + deliveries.waiting() + "</a>"
                                + (deliveries.parked() == 0
                                        ? ""
                                        : " · <span class=\"state parked\">" + deliveries.parked() + "</span>"))
                        .orElse(" · ?");
    }

    private static String failure(Failure failure) {
        return OperatorPage.time(Optional.of(failure.at())) + "<br><strong>" + OperatorPage.text(failure.error())
                + "</strong>"
                + failure.partnerCode()
                        .map(code -> " " + OperatorPage.text(code))
                        .orElse("");
    }

    private static String services(String what, String english, List<?> services) {
        return services.isEmpty()
                ? ""
                : "<small>" + what + " <span class=\"en\">" + english + "</span></small> "
                        + services.stream().map(OperatorPage::text).collect(Collectors.joining(", ")) + "<br>";
    }

    private static String link(Link link) {
        String vietnamese =
                switch (link) {
                    case NONE -> "chỉ gọi đến";
                    case UNUSED -> "chưa dùng";
                    case UP -> "thông";
                    case DOWN -> "mất";
                };
        return "<span class=\"state " + word(link) + "\">" + vietnamese + "</span> <span class=\"en\">" + word(link)
                + "</span>";
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
