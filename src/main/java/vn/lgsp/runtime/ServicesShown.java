package vn.lgsp.runtime;

import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.deploy.Deployments;
import vn.lgsp.deploy.Services;
import vn.lgsp.deploy.Switches;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.UnitKey;
import vn.lgsp.operate.ServicesView;
import vn.lgsp.receive.ScheduleReceiver;

/** Shows the services and their switches to the operators. */
final class ServicesShown implements ServicesView {
    private static final int MOST_RUNS = 20;

    private final Switches switches;
    private final Services services;
    private final Catalogue catalogue;
    private final Deployments ledger;
    private final ScheduleReceiver schedules;
    private final Clock clock;

    ServicesShown(
            Switches switches,
            Services services,
            Catalogue catalogue,
            Deployments ledger,
            ScheduleReceiver schedules,
            Clock clock) {
        this.schedules = schedules;
        this.clock = clock;
        this.ledger = ledger;
        this.switches = switches;
        this.services = services;
        this.catalogue = catalogue;
    }

    @Override
    public List<Service> list() {
        Map<ServiceKey, Integer> inside = services.inside();
        return switches.known().stream()
                .sorted(Comparator.comparing((ServiceKey key) -> key.id().value())
                        .thenComparing(ServiceKey::version))
                .map(service -> shown(service, inside))
                .toList();
    }

    @Override
    public Optional<Service> find(ServiceKey service) {
        return switches.known().contains(service) ? Optional.of(shown(service, services.inside())) : Optional.empty();
    }

    @Override
    public Optional<Timetable> timetable(ServiceKey service) {
        return catalogue
                .now()
                .service(service)
                .flatMap(ServiceCard::schedule)
                .map(schedule -> new Timetable(
                        schedule.timing().toString(),
                        schedule.account(),
                        schedule.next(clock.instant()),
                        schedules.runs(service, MOST_RUNS).stream()
                                .map(run -> new Run(
                                        run.due(), run.begun(), run.ended(), run.exchange(), run.result(), run.error()))
                                .toList()));
    }

    @Override
    public Turned turn(ServiceKey service, State state, String operator, String reason) {
        Switches.Turned turned = switches.turn(service, Switches.State.valueOf(state.name()), operator, reason);
        return new Turned(turned.changed(), shown(service, services.inside(), turned.state(), turned.last()));
    }

    private Service shown(ServiceKey service, Map<ServiceKey, Integer> inside) {
        return shown(service, inside, switches.state(service), switches.last(service));
    }

    private Service shown(
            ServiceKey service, Map<ServiceKey, Integer> inside, Switches.State state, Optional<Switches.Turn> last) {
        return new Service(
                service,
                catalogue.now().service(service).map(ServiceCard::name),
                services.inForce(service).map(UnitKey::digest),
                ledger.pointer(service).flatMap(Deployments.Pointer::held).isPresent(),
                inside.getOrDefault(service, 0),
                State.valueOf(state.name()),
                last.map(turn -> new Turn(turn.at(), turn.operator(), turn.reason())),
                catalogue
                        .now()
                        .service(service)
                        .flatMap(card -> card.entry().deprecation())
                        .map(ending -> new Ending(ending.since(), ending.sunset(), ending.successor())));
    }
}
