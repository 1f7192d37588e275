package vn.lgsp.hub;

import java.util.List;
import java.util.Optional;

/** Who may ask for citizens: directly, behind the national gateway, or behind the LGSP of another province. */
final class PopulationDoor {
    static final String USER = "lgsp-test";
    static final String SECRET = "example-secret";
    static final String API_KEY = "key-example";

    private final Kind kind;
    private final Optional<TokenGate> gate;
    private final Settings settings;

    enum Kind {
        DIRECT,
        NATIONAL,
        PROVINCE
    }

    PopulationDoor(Kind kind, Optional<TokenGate> gate, Settings settings) {
        this.kind = kind;
        this.gate = gate;
        this.settings = settings;
    }

    /** What is answered to a caller who may not ask; empty when he may. */
    Optional<Answer> refusal(Call call) {
        boolean bearer = call.header("Authorization").startsWith("Bearer ");
        if (kind == Kind.PROVINCE || kind == Kind.NATIONAL && bearer) {
            Optional<Answer> refused = gate.orElseThrow().refusal(call);
            if (refused.isPresent()) {
                return refused;
            }
        }
        return right(call, bearer)
                ? Optional.empty()
                : Optional.of(Answer.xml(401, Xml.fault("soapenv:Client", "Thông tin xác thực không hợp lệ", "")));
    }

    private boolean right(Call call, boolean bearer) {
        if (kind == Kind.PROVINCE) {
            return call.check(
                    "AuthHash",
                    !call.has(Fault.WRONG_SIGNATURE)
                            && LgspAccessToken.pair(call.header("AuthHash"))
                                    .filter(pair -> pair.equals(List.of(USER, SECRET)))
                                    .isPresent(),
                    "base64 of key name and pass");
        }
        String timestamp = call.header("Timestamp");
        if (!call.check(
                "Timestamp",
                HashedBasic.isNow(timestamp, settings.get("clock-window"), call.now()),
                "Unix milliseconds or seconds, within " + settings.get("clock-window") + " s")) {
            return false;
        }
        if (kind == Kind.NATIONAL) {
            boolean client =
                    call.check("X-Road-Client", !call.header("X-Road-Client").isEmpty(), "is there");
            boolean key = call.check("ApiKey", Digests.exactly(call.header("ApiKey"), API_KEY), "is known");
            if (!client || !key) {
                return false;
            }
        }
        if (bearer && kind == Kind.NATIONAL) {
            return true;
        }
        String fixed = settings.get("service-url");
        return call.check(
                "hashed Basic",
                !call.has(Fault.WRONG_SIGNATURE)
                        && new HashedBasic(USER, SECRET)
                                .matches(fixed.isEmpty() ? call.url() : fixed, timestamp, call.header("Authorization")),
                "SHA-256 of service URL, user, Timestamp and secret");
    }
}
