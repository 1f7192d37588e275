package vn.lgsp.operate;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.ObjectName;
import org.jolokia.server.core.service.api.Restrictor;
import org.jolokia.server.core.util.HttpMethod;
import org.jolokia.server.core.util.RequestType;
import vn.lgsp.catalogue.Operator;

/**
 * What an operator may see of the running process in the console: states and counts, and what he may do there: with the right to it,
 * turn the switch of a service. Everything that is not named here is refused, so a new
 * kind of MBean, attribute or operation stays closed until somebody opens it.
 *
 * <p>Not named are, on purpose: message bodies and what may quote them (tracer, debugger, browsing, the last error of a route),
 * everything else that changes something, addresses with their parameters, system properties and the command line.
 *
 * @see "MSG-07"
 * @see "MSG-10"
 */
final class JmxRules implements Restrictor {
    private static final Set<RequestType> TYPES =
            Set.of(RequestType.VERSION, RequestType.LIST, RequestType.SEARCH, RequestType.READ, RequestType.EXEC);

    private static final Set<String> COUNTS = words("""
            CamelId CamelManagementName State Uptime UptimeMillis Description
            StartTimestamp ResetTimestamp StatisticsEnabled Throughput
            ExchangesTotal ExchangesCompleted ExchangesFailed ExchangesInflight
            FailuresHandled Redeliveries ExternalRedeliveries
            MinProcessingTime MeanProcessingTime MaxProcessingTime TotalProcessingTime LastProcessingTime
            DeltaProcessingTime IdleSince
            LastExchangeCreatedTimestamp LastExchangeCompletedTimestamp LastExchangeCompletedExchangeId
            FirstExchangeCompletedTimestamp FirstExchangeCompletedExchangeId
            LastExchangeFailureTimestamp LastExchangeFailureExchangeId
            FirstExchangeFailureTimestamp FirstExchangeFailureExchangeId
            """);

    private static final Map<String, Set<String>> CAMEL = Map.of(
            "context",
            union(COUNTS, words("""
                            CamelVersion ManagementName TotalRoutes StartedRoutes ManagementStatisticsLevel
                            RemoteExchangesTotal RemoteExchangesCompleted RemoteExchangesFailed RemoteExchangesInflight
                            """)),
            "routes",
            union(COUNTS, words("""
                            RouteId RouteGroup RouteConfigurationId RoutePolicyList SourceLocation SourceLocationShort
                            AutoStartup MessageHistory Tracing LogMask
                            OldestInflightDuration OldestInflightExchangeId
                            """)),
            "processors",
            union(
                    COUNTS,
                    words(
                            "RouteId StepId ProcessorId ProcessorName Index Level SourceLocationShort SourceLineNumber")));

    private static final Map<String, Set<String>> JAVA = Map.of(
            "Memory", words("HeapMemoryUsage NonHeapMemoryUsage ObjectPendingFinalizationCount"),
            "MemoryPool", words("Name Type Usage PeakUsage CollectionUsage"),
            "GarbageCollector", words("Name CollectionCount CollectionTime"),
            "Threading", words("ThreadCount PeakThreadCount DaemonThreadCount TotalStartedThreadCount"),
            "ClassLoading", words("LoadedClassCount TotalLoadedClassCount UnloadedClassCount"),
            "Runtime", words("Uptime StartTime VmName VmVendor VmVersion SpecVersion"),
            "OperatingSystem", words("""
                            Name Arch Version AvailableProcessors SystemLoadAverage ProcessCpuLoad ProcessCpuTime CpuLoad
                            SystemCpuLoad TotalMemorySize FreeMemorySize TotalPhysicalMemorySize FreePhysicalMemorySize
                            CommittedVirtualMemorySize OpenFileDescriptorCount MaxFileDescriptorCount
                            """));

    /** What Hawtio calls to draw routes and their counts; each only reads. */
    private static final Map<String, Set<String>> OPERATIONS = Map.of(
            "context",
            Set.of("dumpRoutesAsXml()", "dumpRoutesStatsAsXml", "dumpRoutesStatsAsXml(boolean,boolean)"),
            "routes",
            Set.of("dumpRouteAsXml()", "dumpRouteStatsAsXml", "dumpRouteStatsAsXml(boolean,boolean)"));

    private static final Set<String> SERVICES = words("Started Stopped Disabled");

    /** Of the services; by the exact text that the console sends. */
    private static final Set<String> LOOKS = Set.of("list()", "inspect(java.lang.String)");

    private static final Set<String> TURNS = Stream.of("start", "stop", "disable")
            .map(operation -> operation + "(java.lang.String,java.lang.String)")
            .collect(Collectors.toUnmodifiableSet());

    private final Set<Operator.Right> rights;

    /** @param rights of the operators to whom these rules apply */
    JmxRules(Set<Operator.Right> rights) {
        this.rights = rights;
    }

    private static Set<String> words(String text) {
        return Arrays.stream(text.strip().split("\\s+")).collect(Collectors.toUnmodifiableSet());
    }

    private static Set<String> union(Set<String> one, Set<String> other) {
        return Stream.of(one, other).flatMap(Set::stream).collect(Collectors.toUnmodifiableSet());
    }

    /** The attributes that may be read; empty for an MBean that is not shown, and for a pattern. */
    Set<String> attributes(ObjectName name) {
        if (name.isPattern()) {
            return Set.of();
        }
        if (name.equals(ServicesBean.NAME)) {
            return SERVICES;
        }
        String type = type(name);
        return switch (name.getDomain()) {
            case "org.apache.camel" -> CAMEL.getOrDefault(type, Set.of());
            case "java.lang" -> JAVA.getOrDefault(type, Set.of());
            default -> Set.of();
        };
    }

    /** Whether this operation may be called; by the exact text, so that two readings of it cannot differ. */
    boolean offers(ObjectName name, String operation) {
        if (name.equals(ServicesBean.NAME)) {
            return LOOKS.contains(operation) || rights.contains(Operator.Right.SWITCH) && TURNS.contains(operation);
        }
        return !name.isPattern()
                && name.getDomain().equals("org.apache.camel")
                && OPERATIONS.getOrDefault(type(name), Set.of()).contains(operation);
    }

    private static String type(ObjectName name) {
        String type = name.getKeyProperty("type");
        return type == null ? "" : type;
    }

    @Override
    public boolean isHttpMethodAllowed(HttpMethod method) {
        return method == HttpMethod.POST || method == HttpMethod.GET;
    }

    @Override
    public boolean isTypeAllowed(RequestType type) {
        return TYPES.contains(type);
    }

    @Override
    public boolean isAttributeReadAllowed(ObjectName name, String attribute) {
        return attributes(name).contains(attribute);
    }

    @Override
    public boolean isAttributeWriteAllowed(ObjectName name, String attribute) {
        return false;
    }

    @Override
    public boolean isOperationAllowed(ObjectName name, String operation) {
        return offers(name, operation);
    }

    @Override
    public boolean isObjectNameHidden(ObjectName name) {
        return attributes(name).isEmpty();
    }

    /** Hosts and origins are checked before a request comes here. */
    @Override
    public boolean isRemoteAccessAllowed(String... hostOrAddress) {
        return true;
    }

    @Override
    public boolean isOriginAllowed(String origin, boolean onlyWhenStrict) {
        return false;
    }
}
