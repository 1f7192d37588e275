package vn.lgsp.operate;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.SystemId;
import vn.lgsp.operate.DeliveriesView.Delivery;
import vn.lgsp.operate.DeliveriesView.Filter;
import vn.lgsp.operate.DeliveriesView.Retried;
import vn.lgsp.operate.DeliveriesView.State;

/** The pages of {@code /deliveries} as a browser shows them: Vietnamese first, English beside it, no script. */
final class DeliveriesPage {
    /** Of the others there are more and more, so nobody counts them. */
    private static final List<State> OPEN = List.of(State.PARKED, State.ACCEPTED, State.WAITING, State.DELIVERING);

    private DeliveriesPage() {}

    /** What fits the filter, below how many stand how at each destination. */
    static String list(
            String operator, Filter filter, Map<SystemId, Map<State, Long>> counts, List<Delivery> deliveries) {
        StringBuilder html = new StringBuilder();
        html.append(OperatorPage.heading("Chưa xong, theo nơi nhận", "not ended, by destination"));
        html.append(counts(counts));
        html.append(OperatorPage.heading("Các lượt chuyển phát", "deliveries"));
        html.append(filter(filter, counts, deliveries));
        if (deliveries.isEmpty()) {
            html.append("<p>Không có lượt chuyển phát nào. <span class=\"en\">None.</span></p>");
        } else {
            html.append(rows(deliveries));
            if (deliveries.size() == filter.limit()) {
                html.append("<p><small>Chỉ hiện ")
                        .append(filter.limit())
                        .append(" lượt mới nhất. Only the newest are shown.</small></p>");
            }
        }
        return OperatorPage.page(operator, "Chuyển phát bảo đảm", "Guaranteed deliveries", html.toString());
    }

    /** @param retried what came of sending it again, when the operator has just done so */
    static String one(String operator, Delivery delivery, Optional<Retried> retried) {
        StringBuilder html = new StringBuilder();
        retried.ifPresent(result -> html.append("<p class=\"notice\" role=\"status\">")
                .append(
                        result == Retried.QUEUED
                                ? "Đã xếp hàng để gửi lại. <span class=\"en\">Queued to be sent again.</span>"
                                : "Không gửi lại: lượt này không còn ở trạng thái chờ xử lý."
                                        + " <span class=\"en\">Not sent again: it is not parked.</span>")
                .append("</p>"));
        html.append("<dl>");
        fact(html, "Trạng thái", "state", state(delivery.state()));
        fact(html, "Mã chuyển phát", "delivery", id(delivery.id()));
        fact(
                html,
                "Mã giao dịch",
                "exchange",
                OperatorPage.link("/deliveries?exchange=" + delivery.exchange(), id(delivery.exchange())) + " · "
                        + OperatorPage.link(
                                "/records/" + delivery.exchange(), "bản ghi <span class=\"en\">record</span>"));
        fact(html, "Dịch vụ", "service", OperatorPage.text(delivery.service()));
        fact(
                html,
                "Phiên bản cấu hình",
                "revision",
                "<span class=\"id\">" + OperatorPage.text(delivery.unit()) + "</span>");
        fact(html, "Nơi gửi", "source", OperatorPage.text(delivery.source()));
        fact(html, "Nơi nhận", "destination", OperatorPage.text(delivery.destination()));
        if (!delivery.after().isEmpty()) {
            fact(
                    html,
                    "Sau khi đã nhận",
                    "after",
                    OperatorPage.text(
                            delivery.after().stream().map(SystemId::value).collect(Collectors.joining(", "))));
        }
        fact(html, "Tiếp nhận lúc", "accepted", OperatorPage.time(Optional.of(delivery.acceptedAt())));
        fact(html, "Số lần gửi", "attempts", Integer.toString(delivery.attempts()));
        fact(html, "Lần gửi gần nhất", "last attempt", OperatorPage.time(delivery.lastAttemptAt()));
        fact(html, "Lần gửi tới", "next attempt", OperatorPage.time(delivery.dueAt()));
        fact(html, "Kết thúc lúc", "ended", OperatorPage.time(delivery.endedAt()));
        fact(
                html,
                "Lý do",
                "reason",
                delivery.reason()
                        .map(code ->
                                "<strong>" + OperatorPage.text(code) + "</strong> " + OperatorPage.text(code.meaning()))
                        .orElse(OperatorPage.NONE));
        fact(
                html,
                "Mã lỗi của nơi nhận",
                "its own code",
                delivery.partnerCode().map(OperatorPage::text).orElse(OperatorPage.NONE));
        html.append("</dl>");
        html.append(again(delivery));
        html.append("<p>")
                .append(OperatorPage.link("/deliveries", "Tất cả <span class=\"en\">all deliveries</span>"))
                .append("</p>");
        return OperatorPage.page(operator, "Lượt chuyển phát", "Delivery", html.toString());
    }

    /** @param detail what is wrong, for the operator to read */
    static String problem(String operator, String detail) {
        return OperatorPage.page(
                operator,
                "Không thực hiện được",
                "Not done",
                "<p class=\"notice\" role=\"alert\">" + OperatorPage.text(detail) + "</p><p>"
                        + OperatorPage.link("/deliveries", "Tất cả <span class=\"en\">all deliveries</span>") + "</p>");
    }

    private static String counts(Map<SystemId, Map<State, Long>> counts) {
        if (counts.isEmpty()) {
            return "<p>Không có lượt nào đang chờ. <span class=\"en\">Nothing waits.</span></p>";
        }
        StringBuilder html = new StringBuilder("<div class=\"wide\"><table id=\"counts\"><thead><tr><th>Nơi nhận</th>");
        for (State state : OPEN) {
            html.append("<th class=\"count\">").append(title(state)).append("</th>");
        }
        html.append("</tr></thead><tbody>");
        sorted(counts).forEach((destination, states) -> {
            html.append("<tr><th>").append(OperatorPage.text(destination)).append("</th>");
            for (State state : OPEN) {
                long count = states.getOrDefault(state, 0L);
                String address = "/deliveries?state=" + DeliveriesRoutes.label(state) + "&destination=" + destination;
                html.append("<td class=\"count\">")
                        .append(count == 0 ? "0" : OperatorPage.link(address, Long.toString(count)))
                        .append("</td>");
            }
            html.append("</tr>");
        });
        return html.append("</tbody></table></div>").toString();
    }

    private static String filter(Filter filter, Map<SystemId, Map<State, Long>> counts, List<Delivery> deliveries) {
        String states = Arrays.stream(State.values())
                .map(state -> option(
                        DeliveriesRoutes.label(state),
                        title(state).replaceAll("<[^>]*>", ""),
                        filter.state().equals(Optional.of(state))))
                .collect(Collectors.joining());
        String destinations = Stream.of(
                        counts.keySet().stream(),
                        deliveries.stream().map(Delivery::destination),
                        filter.destination().stream())
                .flatMap(known -> known)
                .distinct()
                .sorted(java.util.Comparator.comparing(SystemId::value))
                .map(system -> option(
                        system.value(), system.value(), filter.destination().equals(Optional.of(system))))
                .collect(Collectors.joining());
        return "<form class=\"filter\" method=\"get\" action=\"/deliveries\">"
                + "<label>Trạng thái<select name=\"state\">" + option("", "tất cả · all", false) + states
                + "</select></label>"
                + "<label>Nơi nhận<select name=\"destination\">" + option("", "tất cả · all", false) + destinations
                + "</select></label><button>Lọc</button></form>";
    }

    private static String rows(List<Delivery> deliveries) {
        StringBuilder html = new StringBuilder("<div class=\"wide\"><table id=\"deliveries\"><thead><tr>");
        for (String[] column : new String[][] {
            {"Trạng thái", "state"},
            {"Dịch vụ", "service"},
            {"Nơi nhận", "destination"},
            {"Tiếp nhận", "accepted"},
            {"Số lần", "attempts"},
            {"Gần nhất", "last attempt"},
            {"Lần tới", "next attempt"},
            {"Lý do", "reason"},
            {"Mã chuyển phát", "delivery"}
        }) {
            html.append("<th>")
                    .append(column[0])
                    .append("<br><span class=\"en\">")
                    .append(column[1])
                    .append("</span></th>");
        }
        html.append("<th></th></tr></thead><tbody>");
        for (Delivery delivery : deliveries) {
            html.append("<tr>");
            OperatorPage.cell(html, state(delivery.state()));
            OperatorPage.cell(
                    html,
                    OperatorPage.name(delivery.service()) + "<br><small>" + OperatorPage.text(delivery.source())
                            + "</small>");
            OperatorPage.cell(html, OperatorPage.name(delivery.destination()));
            OperatorPage.cell(html, OperatorPage.time(Optional.of(delivery.acceptedAt())));
            html.append("<td class=\"count\">").append(delivery.attempts()).append("</td>");
            OperatorPage.cell(html, OperatorPage.time(delivery.lastAttemptAt()));
            OperatorPage.cell(html, OperatorPage.time(delivery.dueAt()));
            OperatorPage.cell(
                    html, delivery.reason().map(DeliveriesPage::reason).orElse(OperatorPage.NONE));
            OperatorPage.cell(html, OperatorPage.link("/deliveries/" + delivery.id(), id(delivery.id())));
            OperatorPage.cell(html, again(delivery));
            html.append("</tr>");
        }
        return html.append("</tbody></table></div>").toString();
    }

    private static String again(Delivery delivery) {
        return delivery.state() == State.PARKED
                ? "<form method=\"post\" action=\"/deliveries/" + delivery.id()
                        + "/retry\"><button>Gửi lại <span class=\"en\">send again</span></button></form>"
                : "";
    }

    private static void fact(StringBuilder html, String name, String english, String value) {
        html.append("<dt>")
                .append(name)
                .append(" <span class=\"en\">")
                .append(english)
                .append("</span></dt><dd>");
        html.append(value).append("</dd>");
    }

    private static String state(State state) {
        return "<span class=\"state " + DeliveriesRoutes.label(state) + "\">" + vietnamese(state)
                + "</span> <span class=\"en\">" + DeliveriesRoutes.label(state) + "</span>";
    }

    private static String title(State state) {
        return vietnamese(state) + " <span class=\"en\">" + DeliveriesRoutes.label(state) + "</span>";
    }

    private static String vietnamese(State state) {
        return switch (state) {
            case PARKED -> "Chờ xử lý";
            case ACCEPTED -> "Chờ gửi";
            case WAITING -> "Chờ bước trước";
            case DELIVERING -> "Đang gửi";
            case DELIVERED -> "Đã nhận";
            case EXPIRED -> "Hết hạn";
        };
    }

    private static String reason(ErrorCode code) {
        return "<span title=\"" + OperatorPage.text(code.meaning()) + "\">" + OperatorPage.text(code) + "</span>";
    }

    private static String id(Object id) {
        return "<span class=\"id\">" + OperatorPage.text(id) + "</span>";
    }

    private static String option(String value, String shown, boolean chosen) {
        return "<option value=\"" + OperatorPage.text(value) + "\"" + (chosen ? " selected" : "") + ">"
                + OperatorPage.text(shown) + "</option>";
    }

    private static TreeMap<SystemId, Map<State, Long>> sorted(Map<SystemId, Map<State, Long>> counts) {
        TreeMap<SystemId, Map<State, Long>> sorted = new TreeMap<>(java.util.Comparator.comparing(SystemId::value));
        sorted.putAll(counts);
        return sorted;
    }
}
