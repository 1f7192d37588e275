package vn.lgsp.operate;

import java.util.List;
import java.util.Map;

/**
 * The services as the console shows them: one MBean for all of them. Looking is open to every operator; the switch to those who have
 * the right, and to nobody who is not signed in at the console.
 *
 * @see "BUS-22"
 */
public interface ServicesControl {
    /** How many services take exchanges. */
    int getStarted();

    /** The stopped services. */
    List<String> getStopped();

    /** The disabled services. */
    List<String> getDisabled();

    /** Each service, and how it stands; by name and version. */
    List<String> list();

    /** All that can be told of one service. */
    Map<String, String> inspect(String service);

    /** Lets a service take exchanges again, and its deliveries go on. */
    Map<String, String> start(String service, String reason);

    /** Lets a service take no exchange for a time; what it accepted waits. */
    Map<String, String> stop(String service, String reason);

    /** Switches a service off; what it accepted is still delivered. */
    Map<String, String> disable(String service, String reason);
}
