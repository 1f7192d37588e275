package vn.lgsp.operate;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import vn.lgsp.operate.SystemsView.Breaker;
import vn.lgsp.operate.SystemsView.Failure;
import vn.lgsp.operate.SystemsView.Link;
import vn.lgsp.operate.SystemsView.Route;

/** The page of {@code /systems} as a browser shows it. */
final class SystemsPage {
    private static final String BREAKER = "Ngắt mạch";
    private static final String WAITING = "Đang chờ";
    private static final String ANSWER = "Trả lời gần nhất";
    private static final String FAILURE = "Lỗi gần nhất";
    private static final String REQUEST = "Yêu cầu gần nhất";

    private SystemsPage() {}

    static String list(String operator, List<SystemsView.Member> systems) {
        StringBuilder html = new StringBuilder("<div class=\"wide\"><table id=\"systems\" class=\"cards\"><thead><tr>");
        for (String[] column : new String[][] {
            {"Hệ thống", "system"},
            {"Kết nối", "link"},
            {BREAKER, "breaker"},
            {WAITING, "waiting"},
            {ANSWER, "last answer"},
            {FAILURE, "last failure"},
            {REQUEST, "last request"},
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
                "<strong>" + OperatorPage.name(system.id()) + "</strong><br>" + OperatorPage.text(system.name())
                        + " <small>" + OperatorPage.text(system.agency()) + "</small>");
        OperatorPage.cell(
                html,
                link(system.link())
                        + route.map(reached ->
                                        "<div class=\"where\">" + OperatorPage.text(reached.address()) + "<br><small>"
                                                + OperatorPage.text(String.join(", ", reached.credentials()))
                                                + "</small></div>")
                                .orElse(""));
        OperatorPage.cell(
                html, BREAKER, route.map(reached -> breaker(reached.breaker())).orElse(OperatorPage.NONE));
        OperatorPage.cell(
                html, WAITING, route.map(reached -> waiting(system, reached)).orElse(OperatorPage.NONE));
        OperatorPage.cell(
                html,
                ANSWER,
                route.flatMap(Route::lastAnswer)
                        .map(answer -> OperatorPage.time(Optional.of(answer.at()))
                                + (answer.status().isPresent()
                                        ? " · " + answer.status().getAsInt()
                                        : ""))
                        .orElse(OperatorPage.NONE));
        OperatorPage.cell(
                html,
                FAILURE,
                route.flatMap(Route::lastFailure).map(SystemsPage::failure).orElse(OperatorPage.NONE));
        OperatorPage.cell(
                html,
                REQUEST,
                system.lastRequest()
                        .map(request -> OperatorPage.time(Optional.of(request.at())) + " · "
                                + OperatorPage.text(request.outcome().label()))
                        .orElse(OperatorPage.NONE));
        OperatorPage.cell(html, services(system));
        html.append("</tr>");
    }

    private static String waiting(SystemsView.Member system, Route route) {
        return route.waitingCalls() + " <small>lời gọi</small>"
                + route.deliveries()
                        .map(deliveries -> "<br>"
                                + OperatorPage.link(
                                        "/deliveries?destination=" + system.id(),
                                        deliveries.waiting() + " <small>lượt chuyển</small>")
                                + (deliveries.parked() == 0
                                        ? ""
                                        : "<br><span class=\"state parked\">" + deliveries.parked()
                                                + " chờ xử lý</span>"))
                        .orElse("<br>?");
    }

    private static String failure(Failure failure) {
        return OperatorPage.time(Optional.of(failure.at())) + "<br><strong>" + OperatorPage.text(failure.error())
                + "</strong>"
                + failure.partnerCode()
                        .map(code -> " " + OperatorPage.text(code))
                        .orElse("");
    }

    /** One line, which opens: a system may use forty services, and its row would be as tall as all of them. */
    private static String services(SystemsView.Member system) {
        String head = Stream.of(counted("cung cấp", system.provides()), counted("khai thác", system.consumes()))
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(" · "));
        return head.isEmpty()
                ? OperatorPage.NONE
                : "<details><summary>" + head + "</summary>" + services("cung cấp", "provides", system.provides())
                        + services("khai thác", "consumes", system.consumes()) + "</details>";
    }

    private static String counted(String what, List<?> services) {
        return services.isEmpty() ? "" : what + " " + services.size();
    }

    private static String services(String what, String english, List<?> services) {
        return services.isEmpty()
                ? ""
                : "<small>" + what + " <span class=\"en\">" + english + "</span></small><br>"
                        + services.stream()
                                .map(service -> OperatorPage.name(service) + "<br>")
                                .collect(Collectors.joining());
    }

    private static String breaker(Breaker breaker) {
        String vietnamese =
                switch (breaker) {
                    case OFF -> "không dùng";
                    case CLOSED -> "đang cho gọi";
                    case OPEN -> "đang ngắt";
                    case TRIALS -> "đang thử lại";
                };
        return "<span class=\"" + word(breaker) + "\">" + vietnamese + "</span> <span class=\"en\">" + word(breaker)
                + "</span>";
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
