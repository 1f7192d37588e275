package vn.lgsp.runtime;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.modelmbean.InvalidTargetObjectTypeException;
import javax.management.modelmbean.ModelMBean;
import javax.management.modelmbean.ModelMBeanInfo;
import javax.management.modelmbean.RequiredModelMBean;
import org.apache.camel.CamelContext;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.management.mbean.ManagedCamelContext;
import org.apache.camel.management.mbean.ManagedRoute;
import org.apache.camel.support.management.DefaultManagementMBeanAssembler;
import org.apache.camel.support.management.MixinRequiredModelMBean;
import org.jspecify.annotations.Nullable;

/**
 * Camel's MBeans, of the context and of routes only, for the console shows no other. Whatever the level that it is set to, Camel
 * makes one for each endpoint, producer, consumer and service as well, ten for a service; and each has a list of its own of what
 * it offers, 60 KB for a route. With 5,000 services that was 0.7 GB. Here all routes share one list.
 */
final class LeanMBeans extends DefaultManagementMBeanAssembler {
    private final Map<Class<?>, ModelMBeanInfo> lists = new ConcurrentHashMap<>();

    LeanMBeans(CamelContext camel) {
        super(camel);
    }

    /** Null, as Camel has it, when there shall be no MBean. */
    @Override
    public @Nullable ModelMBean assemble(MBeanServer server, Object managed, ObjectName name) throws JMException {
        if (managed instanceof ManagedCamelContext) {
            return super.assemble(server, managed, name);
        }
        if (!(managed instanceof ManagedRoute)) {
            return null;
        }
        ModelMBeanInfo list = lists.get(managed.getClass());
        if (list == null) {
            ModelMBean first = super.assemble(server, managed, name);
            if (first != null) {
                lists.put(managed.getClass(), (ModelMBeanInfo) first.getMBeanInfo());
            }
            return first;
        }
        boolean mask = Boolean.TRUE.equals(
                camelContext.getManagementStrategy().getManagementAgent().getMask());
        RequiredModelMBean next = new MixinRequiredModelMBean(list, mask, null, null);
        try {
            next.setManagedResource(managed, "ObjectReference");
        } catch (InvalidTargetObjectTypeException impossible) {
            throw new JMException(impossible.getMessage());
        }
        return next;
    }

    /** Puts it in its place before the context makes its first MBean. */
    static final class Installed extends MainListenerSupport {
        @Override
        public void beforeConfigure(BaseMainSupport main) {
            CamelContext camel = main.getCamelContext();
            camel.getCamelContextExtension().setManagementMBeanAssembler(new LeanMBeans(camel));
        }
    }
}
