package vn.lgsp.hub;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The postal service: orders, and a feed of events that a reader follows with the id of the last one it has. The first page after the
 * port was closed, and every page under the fault {@code duplicate}, begins with the page before.
 */
final class Postal implements Api {
    private static final int MOST_EVENTS = 10_000;
    private static final int LARGEST_PAGE = 1_000;
    private static final int EVENTS_AT_THE_START = 25;
    private static final ZoneId CITY = ZoneId.of("Asia/Ho_Chi_Minh");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss");

    private final List<ObjectNode> events = new ArrayList<>();
    private final List<String> orders = new ArrayList<>();
    private long last;
    private boolean repeats;

    Postal() {
        for (int i = 1; i <= EVENTS_AT_THE_START; i++) {
            event(
                    "H99.01-260115-%04d".formatted(i),
                    LocalDateTime.of(2026, 1, 15, 10, 0).plusMinutes(i),
                    "0");
        }
    }

    private void event(String order, LocalDateTime at, String status) {
        ObjectNode event = Json.object();
        event.putObject("_id").put("$oid", "65a5%020x".formatted(++last));
        event.put("CustomerCode", "H99TEST")
                .put("OrderNumber", order)
                .put("EventTime", TIME.format(at))
                .put("POSID", "099001")
                .put("ItemCode", "EM%09dVN".formatted(last))
                .put("StatusCode", status)
                .put("StatusMessage", status.equals("0") ? "Đã chấp nhận đơn" : "Đang chuyển")
                .put("Notes", "");
        events.add(event);
        if (events.size() > MOST_EVENTS) {
            events.remove(0);
        }
    }

    @Override
    public void resumed() {
        repeats = true;
    }

    @Override
    public Optional<Answer> answer(Call call, String operation) {
        switch (operation) {
            case "tracking", "order/tracking" -> {
                call.operation("tracking");
                return Optional.of(call.isGet() ? page(call) : Answer.notAllowed("GET"));
            }
            case "order/post", "order/cancel", "order/document" -> {
                call.operation(operation);
                if (call.fails()) {
                    return Optional.of(status(call.failure("1"), "Hệ thống bưu chính đang bận"));
                }
                return Optional.of(
                        operation.equals("order/cancel")
                                ? cancel(call)
                                : call.isPost() ? order(call, operation) : Answer.notAllowed("POST"));
            }
            default -> {
                return Optional.empty();
            }
        }
    }

    private Answer order(Call call, String operation) {
        Optional<ObjectNode> asked = Json.object(call.body());
        if (!call.check("JSON", asked.isPresent(), "an object")) {
            return status("1", "Không phải JSON");
        }
        List<String> missing = operation.equals("order/post")
                ? Json.missing(
                        asked.get(),
                        "CustomerCode",
                        "OrderNumber",
                        "SenderName",
                        "SenderAddress",
                        "ReceiverName",
                        "ReceiverAddress",
                        "ReceiverTel")
                : Json.missing(asked.get(), "CustomerCode", "OrderNumber");
        if (!call.check("fields", missing.isEmpty(), "missing: " + missing)) {
            return status("1", "Thiếu trường " + String.join(", ", missing));
        }
        String number = Json.text(asked.get(), "OrderNumber");
        if (!call.check("new order", !orders.contains(number), "not seen before")) {
            return status("1", "Đơn đã có");
        }
        orders.add(number);
        if (orders.size() > MOST_EVENTS) {
            orders.remove(0);
        }
        LocalDateTime now = LocalDateTime.ofInstant(call.now(), CITY);
        for (int i = 0; i < (call.has(Fault.DUPLICATE) ? 2 : 1); i++) {
            event(number, now, "0");
            event(number, now, "1");
        }
        return status("0", "Thành công");
    }

    private Answer cancel(Call call) {
        return orders.remove(call.query("OrderNumber")) ? status("0", "Đã hủy") : status("1", "Không có đơn này");
    }

    private static Answer status(String code, String message) {
        return Answer.json(Json.object().put("Status", code).put("Message", message));
    }

    private Answer page(Call call) {
        String from = call.query("lastId");
        String wanted = call.query("pagesize");
        boolean right = from.matches("[0-9a-fA-F]{24}")
                && wanted.matches("[0-9]{1,4}")
                && Integer.parseInt(wanted) >= 1
                && Integer.parseInt(wanted) <= LARGEST_PAGE;
        if (!call.check("cursor", right, "pagesize 1 to " + LARGEST_PAGE + ", lastId of 24 hex characters")) {
            return Answer.json(400, Json.object().put("http status code", 400).put("message", "pagesize, lastId"));
        }
        if (call.fails()) {
            return status(call.failure("1"), "Hệ thống bưu chính đang bận");
        }
        int size = Integer.parseInt(wanted);
        int begin = 0;
        while (begin < events.size() && id(events.get(begin)).compareTo(from.toLowerCase(Locale.ROOT)) <= 0) {
            begin++;
        }
        if (repeats || call.has(Fault.DUPLICATE)) {
            repeats = false;
            begin = Math.max(0, begin - size);
        }
        List<ObjectNode> left = events.subList(begin, events.size());
        ArrayNode page = Json.array();
        left.stream().limit(size).forEach(page::add);
        ObjectNode reply = Json.object()
                .put("_size", left.size())
                .put("_total_pages", (left.size() + size - 1) / size)
                .put("_returned", page.size());
        reply.putObject("_embedded").set("rh:doc", page);
        return Answer.of(200, "application/hal+json;charset=utf-8", Json.bytes(reply));
    }

    private static String id(ObjectNode event) {
        return event.path("_id").path("$oid").asText();
    }
}
