package vn.lgsp.operate;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.AgencyCode;
import vn.lgsp.message.Outcome;
import vn.lgsp.message.ServiceId;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;

/** One system that is called and away, and one that only asks. */
final class FewSystems implements SystemsView {
    private static final Instant NOON = Instant.parse("2026-03-01T05:00:00Z");
    private static final ServiceKey LAND = new ServiceKey(new ServiceId("land-parcel-lookup"), 1);

    @Override
    public List<Member> list() {
        return List.of(
                new Member(
                        new SystemId("land-registry"),
                        "Hệ thống đăng ký đất đai",
                        new AgencyCode("H99.04"),
                        Link.DOWN,
                        Optional.of(new Route(
                                "https",
                                "https://land.example.vn/registry",
                                List.of("oauth2", "secret-headers"),
                                Breaker.OPEN,
                                3,
                                Optional.of(20),
                                Optional.of(new Deliveries(7, 0, 1, 2)),
                                Optional.of(new Answer(NOON, OptionalInt.of(200))),
                                Optional.of(new Failure(
                                        NOON.plusSeconds(60),
                                        ErrorCode.PROVIDER_FAILED,
                                        Optional.of("<b>E\"17</b>"))))),
                        List.of(),
                        List.of(),
                        List.of(LAND),
                        Optional.empty()),
                new Member(
                        new SystemId("tax-office"),
                        "Cổng dịch vụ thuế",
                        new AgencyCode("H99.02"),
                        Link.NONE,
                        Optional.empty(),
                        List.of("tax-office-key"),
                        List.of(LAND),
                        List.of(),
                        Optional.of(new Request(NOON, Outcome.ANSWERED))));
    }

    @Override
    public Optional<Member> find(SystemId id) {
        return list().stream().filter(system -> system.id().equals(id)).findFirst();
    }
}
