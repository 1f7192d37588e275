package vn.lgsp.operate;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
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
    private static final ZoneId CITY = ZoneId.of("Asia/Ho_Chi_Minh");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss dd/MM/yyyy").withZone(CITY);
    private static final String NONE = "–";

    private static final String STYLE = """
            :root { color-scheme: light dark; --line: #8884; --quiet: #6b7280; --link: #0b5cad }
            @media (prefers-color-scheme: dark) { :root { --quiet: #9ca3af; --link: #7db8f0 } }
            body { margin: 0; font: 15px/1.45 system-ui, sans-serif }
            header { display: flex; gap: 1.5rem; align-items: baseline; padding: .7rem 1.5rem; border-bottom: 1px solid var(--line) }
            header .who { margin-left: auto }
            main { padding: 1rem 1.5rem; max-width: 90rem }
            h1 { font-size: 1.35rem; margin: .3rem 0 1rem } h2 { font-size: 1.05rem; margin: 1.6rem 0 .5rem }
            a { color: var(--link) } small, .en { color: var(--quiet); font-weight: normal; font-size: .85em }
            .wide { overflow-x: auto } table { border-collapse: collapse; min-width: 40rem }
            th, td { text-align: left; vertical-align: top; padding: .4rem .9rem .4rem 0; border-bottom: 1px solid var(--line) }
            th { font-weight: 600 } td.count, th.count { text-align: right }
            .name { white-space: nowrap }
            .id { font-family: ui-monospace, monospace; font-size: .85em; white-space: nowrap }
            .state { display: inline-block; padding: 0 .5rem; border-radius: .8rem; border: 1px solid currentColor; white-space: nowrap }
            .parked { color: #b3261e } .expired { color: #8a5a00 } .delivered { color: #1a7f37 } .delivering, .accepted { color: var(--link) }
            @media (prefers-color-scheme: dark) { .parked { color: #ff8a80 } .expired { color: #e0b050 } .delivered { color: #5fd07f } }
            form.filter { display: flex; flex-wrap: wrap; gap: 1rem; align-items: end; margin-bottom: 1rem }
            label { display: grid; gap: .2rem } select, button { font: inherit; padding: .3rem .6rem }
            .notice { border-left: .3rem solid var(--link); padding: .5rem .9rem; margin: 0 0 1rem; background: #8881 }
            dl { display: grid; grid-template-columns: max-content 1fr; gap: .4rem 1.5rem } dt { font-weight: 600 } dd { margin: 0 }
            """;

    private DeliveriesPage() {}

    /** What fits the filter, below how many stand how at each destination. */
    static String list(
            String operator, Filter filter, Map<SystemId, Map<State, Long>> counts, List<Delivery> deliveries) {
        StringBuilder html = new StringBuilder();
        html.append(heading("Tình trạng theo nơi nhận", "by destination"));
        html.append(counts(counts));
        html.append(heading("Các lượt chuyển phát", "deliveries"));
        html.append(filter(filter, counts));
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
        return page(operator, "Chuyển phát bảo đảm", "Guaranteed deliveries", html.toString());
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
                link("/deliveries?exchange=" + delivery.exchange(), id(delivery.exchange())) + " · "
                        + link("/records/" + delivery.exchange(), "bản ghi <span class=\"en\">record</span>"));
        fact(html, "Dịch vụ", "service", text(delivery.service()));
        fact(html, "Phiên bản cấu hình", "revision", "<span class=\"id\">" + text(delivery.unit()) + "</span>");
        fact(html, "Nơi gửi", "source", text(delivery.source()));
        fact(html, "Nơi nhận", "destination", text(delivery.destination()));
        if (!delivery.after().isEmpty()) {
            fact(
                    html,
                    "Sau khi đã nhận",
                    "after",
                    text(delivery.after().stream().map(SystemId::value).collect(Collectors.joining(", "))));
        }
        fact(html, "Tiếp nhận lúc", "accepted", time(Optional.of(delivery.acceptedAt())));
        fact(html, "Số lần gửi", "attempts", Integer.toString(delivery.attempts()));
        fact(html, "Lần gửi gần nhất", "last attempt", time(delivery.lastAttemptAt()));
        fact(html, "Lần gửi tới", "next attempt", time(delivery.dueAt()));
        fact(html, "Kết thúc lúc", "ended", time(delivery.endedAt()));
        fact(
                html,
                "Lý do",
                "reason",
                delivery.reason()
                        .map(code -> "<strong>" + text(code) + "</strong> " + text(code.meaning()))
                        .orElse(NONE));
        fact(
                html,
                "Mã lỗi của nơi nhận",
                "its own code",
                delivery.partnerCode().map(DeliveriesPage::text).orElse(NONE));
        html.append("</dl>");
        html.append(again(delivery));
        html.append("<p>")
                .append(link("/deliveries", "Tất cả <span class=\"en\">all deliveries</span>"))
                .append("</p>");
        return page(operator, "Lượt chuyển phát", "Delivery", html.toString());
    }

    /** @param detail what is wrong, for the operator to read */
    static String problem(String operator, String detail) {
        return page(
                operator,
                "Không thực hiện được",
                "Not done",
                "<p class=\"notice\" role=\"alert\">" + text(detail) + "</p><p>"
                        + link("/deliveries", "Tất cả <span class=\"en\">all deliveries</span>") + "</p>");
    }

    private static String counts(Map<SystemId, Map<State, Long>> counts) {
        if (counts.isEmpty()) {
            return "<p>Chưa có lượt nào. <span class=\"en\">Nothing has been accepted yet.</span></p>";
        }
        StringBuilder html = new StringBuilder("<div class=\"wide\"><table id=\"counts\"><thead><tr><th>Nơi nhận</th>");
        for (State state : State.values()) {
            html.append("<th class=\"count\">").append(title(state)).append("</th>");
        }
        html.append("</tr></thead><tbody>");
        sorted(counts).forEach((destination, states) -> {
            html.append("<tr><th>").append(text(destination)).append("</th>");
            for (State state : State.values()) {
                long count = states.getOrDefault(state, 0L);
                String address = "/deliveries?state=" + DeliveriesRoutes.label(state) + "&destination=" + destination;
                html.append("<td class=\"count\">")
                        .append(count == 0 ? "0" : link(address, Long.toString(count)))
                        .append("</td>");
            }
            html.append("</tr>");
        });
        return html.append("</tbody></table></div>").toString();
    }

    private static String filter(Filter filter, Map<SystemId, Map<State, Long>> counts) {
        String states = Arrays.stream(State.values())
                .map(state -> option(
                        DeliveriesRoutes.label(state),
                        title(state).replaceAll("<[^>]*>", ""),
                        filter.state().equals(Optional.of(state))))
                .collect(Collectors.joining());
        String destinations = Stream.concat(sorted(counts).keySet().stream(), filter.destination().stream())
                .distinct()
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
            cell(html, state(delivery.state()));
            cell(html, name(delivery.service()) + "<br><small>" + text(delivery.source()) + "</small>");
            cell(html, name(delivery.destination()));
            cell(html, time(Optional.of(delivery.acceptedAt())));
            html.append("<td class=\"count\">").append(delivery.attempts()).append("</td>");
            cell(html, time(delivery.lastAttemptAt()));
            cell(html, time(delivery.dueAt()));
            cell(html, delivery.reason().map(DeliveriesPage::reason).orElse(NONE));
            cell(html, link("/deliveries/" + delivery.id(), id(delivery.id())));
            cell(html, again(delivery));
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

    private static String page(String operator, String title, String english, String content) {
        return "<!doctype html><html lang=\"vi\"><head><meta charset=\"utf-8\">"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
                + "<link rel=\"icon\" href=\"/hawtio/img/lgsp.svg\"><title>" + title + " · LGSP</title><style>" + STYLE
                + "</style></head><body><header><strong>LGSP</strong>"
                + link("/deliveries", "Chuyển phát <span class=\"en\">deliveries</span>")
                + link("/hawtio/", "Tuyến <span class=\"en\">console</span>")
                + "<span class=\"who\">" + text(operator) + " · "
                + link("/hawtio/auth/logout", "Đăng xuất <span class=\"en\">sign out</span>")
                + "</span></header><main><h1>" + title + " <span class=\"en\">" + english + "</span></h1>" + content
                + "</main></body></html>";
    }

    private static String heading(String title, String english) {
        return "<h2>" + title + " <span class=\"en\">" + english + "</span></h2>";
    }

    private static void fact(StringBuilder html, String name, String english, String value) {
        html.append("<dt>")
                .append(name)
                .append(" <span class=\"en\">")
                .append(english)
                .append("</span></dt><dd>");
        html.append(value).append("</dd>");
    }

    private static void cell(StringBuilder html, String content) {
        html.append("<td>").append(content).append("</td>");
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
        return "<span title=\"" + text(code.meaning()) + "\">" + text(code) + "</span>";
    }

    private static String name(Object of) {
        return "<span class=\"name\">" + text(of) + "</span>";
    }

    private static String id(Object id) {
        return "<span class=\"id\">" + text(id) + "</span>";
    }

    private static String time(Optional<Instant> at) {
        return at.map(when -> "<time datetime=\"" + when + "\">" + TIME.format(when) + "</time>")
                .orElse(NONE);
    }

    private static String option(String value, String shown, boolean chosen) {
        return "<option value=\"" + text(value) + "\"" + (chosen ? " selected" : "") + ">" + text(shown) + "</option>";
    }

    private static String link(String address, String shown) {
        return "<a href=\"" + text(address) + "\">" + shown + "</a>";
    }

    private static TreeMap<SystemId, Map<State, Long>> sorted(Map<SystemId, Map<State, Long>> counts) {
        TreeMap<SystemId, Map<State, Long>> sorted = new TreeMap<>(java.util.Comparator.comparing(SystemId::value));
        sorted.putAll(counts);
        return sorted;
    }

    /** Nothing that comes from outside becomes markup: a partner's code, say. */
    private static String text(Object value) {
        return value.toString()
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
