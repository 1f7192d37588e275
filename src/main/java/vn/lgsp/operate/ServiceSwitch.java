package vn.lgsp.operate;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.catalogue.Operator;
import vn.lgsp.failure.BusException;
import vn.lgsp.message.ServiceId;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.operate.ServicesView.State;

/**
 * The one operation that turns the switch of a service, whoever asks for it and from where: it looks at his right, and what he wanted
 * is logged and counted, done or not (BUS-22, IAM-17).
 */
final class ServiceSwitch {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceSwitch.class);
    private static final Pattern KEY = Pattern.compile("([^/]{1,64})/v([1-9][0-9]{0,2})");

    private final ServicesView services;
    private final MeterRegistry meters;

    ServiceSwitch(ServicesView services, MeterRegistry meters) {
        this.services = services;
        this.meters = meters;
    }

    ServicesView services() {
        return services;
    }

    /**
     * Turns the switch of a service in the name of this operator.
     *
     * @throws SecurityException when he has not the right
     * @throws RuntimeException as {@link ServicesView#turn}
     */
    ServicesView.Turned turn(Operator operator, ServiceKey service, State state, String reason) {
        if (!operator.may(Operator.Right.SWITCH)) {
            told(operator, service, state, "denied");
            throw new SecurityException("operator " + operator.user() + " may look on only: the right '"
                    + Operator.Right.SWITCH.label() + "' in the registry opens this");
        }
        try {
            ServicesView.Turned turned = services.turn(service, state, operator.user(), reason);
            told(operator, service, state, turned.changed() ? "done" : "unchanged");
            return turned;
        } catch (IllegalArgumentException | BusException refused) {
            told(operator, service, state, "refused");
            throw refused;
        } catch (RuntimeException failed) {
            told(operator, service, state, "failed");
            throw failed;
        }
    }

    private void told(Operator operator, ServiceKey service, State state, String outcome) {
        meters.counter("lgsp.operate.switch", "outcome", outcome).increment();
        (outcome.equals("done") ? LOG.atInfo() : LOG.atWarn())
                .addKeyValue("event", "service.switch")
                .addKeyValue("operator", operator.user())
                .addKeyValue("service", service)
                .addKeyValue("state", state.label())
                .addKeyValue("outcome", outcome)
                .log("");
    }

    /**
     * The service that this text names: {@code land-parcel-lookup/v1}, or without the version where there is one only.
     *
     * @throws IllegalArgumentException when it names none, or several
     */
    ServiceKey named(String text) {
        Matcher whole = KEY.matcher(text.strip());
        if (whole.matches() && ServiceId.isValid(whole.group(1))) {
            return new ServiceKey(new ServiceId(whole.group(1)), Integer.parseInt(whole.group(2)));
        }
        List<ServiceKey> versions = services.list().stream()
                .map(ServicesView.Service::key)
                .filter(key -> key.id().value().equals(text.strip()))
                .toList();
        if (versions.size() == 1) {
            return versions.get(0);
        }
        throw new IllegalArgumentException(
                versions.isEmpty()
                        ? "this names no service: write one such as land-parcel-lookup/v1"
                        : "this service has several versions: write "
                                + versions.stream().map(ServiceKey::toString).collect(Collectors.joining(", or ")));
    }

    /** A service id and a version such as {@code v1}, as they stand in an address. */
    static Optional<ServiceKey> key(String service, String version) {
        return ServiceId.isValid(service) && version.matches("v[1-9][0-9]{0,2}")
                ? Optional.of(new ServiceKey(new ServiceId(service), Integer.parseInt(version.substring(1))))
                : Optional.empty();
    }
}
