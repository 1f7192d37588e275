package vn.lgsp.city;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * The social insurance office. {@code POST /births} takes a birth, and {@code POST /deaths} a death, as JSON under the {@code
 * Idempotency-Key} of the request, which it requires, and answers 201 with its receipt; the same key again is answered with the first
 * receipt, and with 409 if the content is another. {@code GET /births/{number}} shows what it has.
 */
final class SocialInsurancePeer {
    private static final String BIRTHS = "/births";
    private static final List<String> TAKEN_AT = List.of(BIRTHS, "/deaths");
    private static final int MOST_BYTES = 1 << 20;

    private final Taken taken = new Taken();

    private SocialInsurancePeer() {}

    static HttpPeer start(Vertx vertx, int port) {
        return HttpPeer.start(vertx, port, new SocialInsurancePeer()::handle);
    }

    private void handle(HttpServerRequest request) {
        if (request.method().equals(HttpMethod.POST) && TAKEN_AT.contains(request.path())) {
            request.body().onSuccess(body -> take(request, body)).onFailure(cut -> request.response()
                    .reset());
        } else if (request.method().equals(HttpMethod.GET) && request.path().startsWith(BIRTHS + "/")) {
            show(request, request.path().substring(BIRTHS.length() + 1));
        } else {
            refuse(request, 404, "Không có địa chỉ này");
        }
    }

    private void take(HttpServerRequest request, Buffer body) {
        String delivery = request.getHeader("Idempotency-Key");
        if (delivery == null || delivery.isBlank()) {
            refuse(request, 400, "Thiếu Idempotency-Key");
        } else if (body.length() > MOST_BYTES) {
            refuse(request, 413, "Dữ liệu quá lớn");
        } else if (number(body.toString()).isEmpty()) {
            refuse(request, 422, "Thiếu soDangKy");
        } else {
            Taken.Entry entry = taken.take(delivery, body.toString(), SocialInsurancePeer::number);
            if (entry.content().equals(body.toString())) {
                HttpPeer.answer(
                        request.response(),
                        201,
                        new JsonObject().put("bienNhan", receipt(entry)).put("soDangKy", entry.number()));
            } else {
                refuse(request, 409, "Idempotency-Key đã dùng cho nội dung khác");
            }
        }
    }

    private void show(HttpServerRequest request, String number) {
        taken.find(number)
                .ifPresentOrElse(
                        entry -> HttpPeer.answer(
                                request.response(),
                                200,
                                new JsonObject()
                                        .put("bienNhan", receipt(entry))
                                        .put("maGiaoNhan", entry.delivery())
                                        .put("soLanNhan", entry.times())
                                        .put("hoSo", new JsonObject(entry.content()))),
                        () -> refuse(request, 404, "Chưa nhận khai sinh này"));
    }

    private static String receipt(Taken.Entry entry) {
        return "BH-" + entry.receipt();
    }

    private static String number(String json) {
        try {
            return new JsonObject(json).getString("soDangKy", "");
        } catch (DecodeException | ClassCastException notJson) {
            return "";
        }
    }

    private static void refuse(HttpServerRequest request, int status, String why) {
        HttpPeer.answer(request.response(), status, new JsonObject().put("loi", why));
    }
}
