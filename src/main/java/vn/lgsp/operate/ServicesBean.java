package vn.lgsp.operate;

import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanFeatureInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.MBeanServer;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import javax.management.StandardMBean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.catalogue.Operator;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.operate.ServicesView.State;

/** The MBean {@code vn.lgsp:type=Services}. Who asks is the operator in whose name the console calls; without one it turns nothing. */
final class ServicesBean implements ServicesControl {
    private static final Logger LOG = LoggerFactory.getLogger(ServicesBean.class);

    static final ObjectName NAME = name();

    private final ServiceSwitch desk;
    private final ThreadLocal<Optional<Operator>> asking = ThreadLocal.withInitial(Optional::empty);
    private boolean registered;

    ServicesBean(ServiceSwitch desk) {
        this.desk = desk;
    }

    private static ObjectName name() {
        try {
            return new ObjectName("vn.lgsp:type=Services");
        } catch (MalformedObjectNameException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Shows it to this process. Where another bus of the same process is shown already, this one is not. */
    synchronized void register() {
        try {
            server().registerMBean(new Described(this), NAME);
            registered = true;
        } catch (InstanceAlreadyExistsException another) {
            LOG.atWarn().addKeyValue("event", "mbean.taken").log("another bus of this process shows its services");
        } catch (JMException broken) {
            throw new IllegalStateException("the MBean of the services cannot be registered", broken);
        }
    }

    synchronized void unregister() {
        if (registered) {
            registered = false;
            try {
                server().unregisterMBean(NAME);
            } catch (InstanceNotFoundException gone) {
                LOG.atDebug().addKeyValue("event", "mbean.gone").log("it was taken away by somebody else");
            } catch (JMException broken) {
                throw new IllegalStateException("the MBean of the services cannot be taken away", broken);
            }
        }
    }

    private static MBeanServer server() {
        return ManagementFactory.getPlatformMBeanServer();
    }

    /** All calls on this thread are made in the name of this operator, until what comes back is closed. */
    Turnstile as(Operator operator) {
        asking.set(Optional.of(operator));
        return asking::remove;
    }

    /** Ends what {@link #as} began. */
    interface Turnstile extends AutoCloseable {
        @Override
        void close();
    }

    @Override
    public int getStarted() {
        return in(State.STARTED).size();
    }

    @Override
    public List<String> getStopped() {
        return in(State.STOPPED);
    }

    @Override
    public List<String> getDisabled() {
        return in(State.DISABLED);
    }

    private List<String> in(State state) {
        return desk.services().list().stream()
                .filter(service -> service.state() == state)
                .map(service -> service.key().toString())
                .toList();
    }

    @Override
    public List<String> list() {
        return desk.services().list().stream()
                .map(service -> service.key() + " " + service.state().label())
                .toList();
    }

    @Override
    public Map<String, String> inspect(String service) {
        ServiceKey key = desk.named(service);
        return shown(desk.services()
                .find(key)
                .orElseThrow(() -> new IllegalArgumentException("no service " + key + " is known")));
    }

    @Override
    public Map<String, String> start(String service, String reason) {
        return turn(service, State.STARTED, reason);
    }

    @Override
    public Map<String, String> stop(String service, String reason) {
        return turn(service, State.STOPPED, reason);
    }

    @Override
    public Map<String, String> disable(String service, String reason) {
        return turn(service, State.DISABLED, reason);
    }

    private Map<String, String> turn(String service, State state, String reason) {
        Operator operator = asking.get()
                .orElseThrow(
                        () -> new SecurityException("only an operator who is signed in at the console may do this"));
        ServicesView.Turned turned = desk.turn(operator, desk.named(service), state, reason);
        Map<String, String> shown = new LinkedHashMap<>();
        shown.put("changed", Boolean.toString(turned.changed()));
        shown.putAll(shown(turned.service()));
        return shown;
    }

    private static Map<String, String> shown(ServicesView.Service service) {
        Map<String, String> shown = new LinkedHashMap<>();
        shown.put("service", service.key().toString());
        service.name().ifPresent(name -> shown.put("name", name));
        service.unit().ifPresent(unit -> shown.put("unit", unit));
        shown.put("inside", Integer.toString(service.inside()));
        shown.put("state", service.state().label());
        service.turn().ifPresent(turn -> {
            shown.put("since", turn.at().toString());
            shown.put("operator", turn.operator());
            shown.put("reason", turn.reason());
        });
        return shown;
    }

    /** What the console writes beside its buttons and fields. */
    private static final class Described extends StandardMBean {
        private static final Map<String, String> WHAT = Map.of(
                "list", "Tình trạng của mọi dịch vụ. How every service stands.",
                "inspect", "Chi tiết một dịch vụ. All that can be told of one service.",
                "start", "Cho dịch vụ chạy lại. Lets it take exchanges again, and its deliveries go on.",
                "stop", "Tạm dừng dịch vụ. It takes no exchange for a time; what it accepted waits.",
                "disable", "Ngừng dịch vụ. It is switched off; what it accepted is still delivered.",
                "Started", "How many services take exchanges.",
                "Stopped", "The stopped services.",
                "Disabled", "The disabled services.");

        Described(ServicesControl services) {
            super(services, ServicesControl.class, false);
        }

        @Override
        protected String getDescription(MBeanInfo info) {
            return "Công tắc của các dịch vụ. The switch of each service.";
        }

        @Override
        protected String getDescription(MBeanFeatureInfo feature) {
            return WHAT.getOrDefault(feature.getName(), "");
        }

        @Override
        protected String getDescription(MBeanOperationInfo operation, MBeanParameterInfo parameter, int sequence) {
            return sequence == 0
                    ? "Dịch vụ, ví dụ land-parcel-lookup/v1. The service, such as land-parcel-lookup/v1."
                    : "Lý do, ghi vào sổ. The reason, which goes into the ledger.";
        }

        @Override
        protected String getParameterName(MBeanOperationInfo operation, MBeanParameterInfo parameter, int sequence) {
            return sequence == 0 ? "service" : "reason";
        }

        @Override
        protected int getImpact(MBeanOperationInfo operation) {
            return operation.getSignature().length == 2 ? MBeanOperationInfo.ACTION : MBeanOperationInfo.INFO;
        }
    }
}
