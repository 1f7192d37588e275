package vn.lgsp.bench;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The providers: a fixed JSON document, a fixed SOAP answer, a document that takes a second, and one that answers with what it got.
 *
 * <p>Where nginx is installed it gives the fixed answers itself and asks this one only for the slow document.
 */
final class BackEnd {
    /** What the archive keeps; exactly 1 KiB. */
    static final String DOCUMENT = "/documents/kilobyte";

    /** The same, a second later. */
    static final String SLOW_DOCUMENT = "/documents/slow";

    /** What is posted here comes back. */
    static final String ORDERS = "/orders";

    /** The citizen that the SOAP answer holds. */
    static final String CITIZEN = "001099000003";

    private static final int SIZE = 1024;
    private static final long DELAY_MS = 1_000;

    private BackEnd() {}

    static String json() {
        String start = "{\"name\":\"kilobyte\",\"text\":\"";
        String end = "\"}";
        return start + "x".repeat(SIZE - start.length() - end.length()) + end;
    }

    static String soap() {
        try (InputStream file = BackEnd.class.getResourceAsStream("citizen.soap.xml")) {
            if (file == null) {
                throw new IllegalStateException("citizen.soap.xml is not on the class path");
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** The process: the port. */
    public static void main(String[] arguments) {
        Vertx vertx = Vertx.vertx();
        String json = json();
        String soap = soap();
        vertx.createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(Integer.parseInt(arguments[0])))
                .requestHandler(request -> {
                    HttpServerResponse answer = request.response();
                    if (request.path().equals(SLOW_DOCUMENT)) {
                        vertx.setTimer(DELAY_MS, late -> answer.putHeader("Content-Type", "application/json")
                                .end(json));
                    } else if (request.path().equals(DOCUMENT)) {
                        answer.putHeader("Content-Type", "application/json").end(json);
                    } else if (request.path().equals(ORDERS)) {
                        request.body().onSuccess(body -> answer.putHeader("Content-Type", "application/xml")
                                .end(body));
                    } else {
                        answer.putHeader("Content-Type", "text/xml; charset=utf-8")
                                .end(soap);
                    }
                })
                .listen()
                .onFailure(taken -> {
                    throw new IllegalStateException("the port is taken", taken);
                });
    }
}
