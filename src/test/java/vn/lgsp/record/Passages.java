package vn.lgsp.record;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import vn.lgsp.catalogue.Agency;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.InformationSystem;
import vn.lgsp.catalogue.Registry;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.AgencyCode;
import vn.lgsp.message.Caller;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Measured;
import vn.lgsp.message.Meter;
import vn.lgsp.message.PartyCode;
import vn.lgsp.message.Passage;
import vn.lgsp.message.ServiceId;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;

/** Exchanges in the states in which the recorder meets them. */
final class Passages {
    static final Instant NOON = Instant.parse("2026-03-01T05:00:00.123456Z");
    static final ServiceId SERVICE = new ServiceId("population-citizen-lookup");
    static final SystemId CONSUMER = new SystemId("tax-office-portal");
    static final SystemId PROVIDER = new SystemId("population-registry");

    private Passages() {}

    static Catalogue catalogue() {
        Registry registry = new Registry(
                true,
                List.of(new Agency(new AgencyCode("H99.03"), "Công an thành phố", Optional.empty(), Optional.empty())),
                List.of(new InformationSystem(
                        PROVIDER, new AgencyCode("H99.03"), "Hệ thống dân cư", Optional.empty(), Optional.empty())),
                List.of(),
                List.of(),
                List.of());
        return new Catalogue(new Snapshot(registry, List.of()));
    }

    static final PartyCode BEHIND = new PartyCode("VN/GOV/000.00.00.G22/registry");

    /** Just received: nobody knows who asks for what. */
    static Passage received(Instant at, Executor home) {
        ExchangeId id = ExchangeId.at(at.toEpochMilli());
        return new Passage(id, at, System.nanoTime(), "REST GET", "request-" + id, home);
    }

    static Passage received() {
        return received(NOON, Runnable::run);
    }

    /** Identified and authorised, ready to be opened. */
    static Passage granted(Instant at, Executor home) {
        Passage passage = received(at, home);
        passage.identified(new Caller("tax-office-key", CONSUMER, new AgencyCode("H99.02")).onBehalfOf(BEHIND));
        passage.asksFor(new ServiceKey(SERVICE, 2), "GET /citizens/{id}");
        passage.grantedBy("tax-may-look-up-citizens");
        return passage;
    }

    static Passage granted() {
        return granted(NOON, Runnable::run);
    }

    /** The provider was called and the answer is ready. */
    static Passage answer(Passage passage) {
        passage.handledBy("3f".repeat(32));
        passage.calls(PROVIDER);
        passage.requestMeasured(measured(passage, ""));
        passage.answerMeasured(measured(passage, "{\"name\":\"Nguyễn Văn Án\"}"));
        passage.answersWith(200);
        return passage;
    }

    static Passage refuse(Passage passage, ErrorCode code) {
        passage.failed(code, null);
        passage.answersWith(code.status());
        return passage;
    }

    private static Measured measured(Passage passage, String body) {
        Meter meter = passage.meter();
        meter.add(ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)));
        return meter.done();
    }
}
