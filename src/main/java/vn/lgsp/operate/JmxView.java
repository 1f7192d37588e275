package vn.lgsp.operate;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import javax.management.JMException;
import javax.management.MBeanFeatureInfo;
import javax.management.ObjectName;
import org.jolokia.core.api.LogHandler;
import org.jolokia.json.JSONArray;
import org.jolokia.json.JSONObject;
import org.jolokia.json.JSONStructure;
import org.jolokia.json.parser.JSONParser;
import org.jolokia.json.parser.ParseException;
import org.jolokia.server.core.config.ConfigKey;
import org.jolokia.server.core.config.StaticConfiguration;
import org.jolokia.server.core.config.SystemPropertyMode;
import org.jolokia.server.core.request.BadRequestException;
import org.jolokia.server.core.request.BaseRequestHandler;
import org.jolokia.server.core.request.EmptyResponseException;
import org.jolokia.server.core.request.JolokiaExecRequest;
import org.jolokia.server.core.request.JolokiaListRequest;
import org.jolokia.server.core.request.JolokiaObjectNameRequest;
import org.jolokia.server.core.request.JolokiaReadRequest;
import org.jolokia.server.core.request.JolokiaRequest;
import org.jolokia.server.core.request.JolokiaRequestFactory;
import org.jolokia.server.core.request.ProcessingParameters;
import org.jolokia.server.core.service.JolokiaServiceManagerFactory;
import org.jolokia.server.core.service.api.JolokiaContext;
import org.jolokia.server.core.service.api.JolokiaServiceManager;
import org.jolokia.service.jmx.LocalRequestHandler;
import org.jolokia.service.serializer.JolokiaSerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.catalogue.Operator;

/**
 * Jolokia's protocol over the MBeans of this process: for looking, and for the switches of services. It starts no agent and listens
 * nowhere: whoever calls it has checked who asks.
 *
 * <p>Each request, alone or in a bulk, passes the {@link JmxRules} of its operator twice: here, before Jolokia touches an MBean (it
 * calls getters before it asks whether it may), and inside Jolokia. What is refused is logged and counted. Blocks: never on an event
 * loop.
 *
 * @see "MSG-07"
 * @see "MSG-10"
 */
final class JmxView implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JmxView.class);
    private static final int MOST_REQUESTS = 1_000;
    private static final Set<String> PARAMETERS =
            Set.of("maxCollectionSize", "ignoreErrors", "canonicalNaming", "ifModifiedSince", "listCache");
    private static final Map<String, String> CONFIGURATION = Map.of(
            ConfigKey.AGENT_ID.getKeyValue(), "lgsp",
            ConfigKey.ALLOW_ERROR_DETAILS.getKeyValue(), "false",
            ConfigKey.DISABLE_DETECTORS.getKeyValue(), "true",
            ConfigKey.DISCOVERY_ENABLED.getKeyValue(), "false",
            ConfigKey.MAX_DEPTH.getKeyValue(), "10",
            ConfigKey.MAX_COLLECTION_SIZE.getKeyValue(), "50000");

    private final MeterRegistry meters;
    private final ServicesBean services;
    private final Map<Set<Operator.Right>, Desk> desks = new ConcurrentHashMap<>();

    JmxView(MeterRegistry meters, ServicesBean services) {
        this.meters = meters;
        this.services = services;
    }

    private Desk desk(Operator operator) {
        return desks.computeIfAbsent(operator.rights(), Desk::new);
    }

    /** What all operators with the same rights share. */
    private static final class Desk {
        private final JmxRules rules;
        private final JmxList list;
        private @Nullable Agent started;

        Desk(Set<Operator.Right> rights) {
            rules = new JmxRules(rights);
            list = new JmxList(rules);
        }

        /** Started at the first question: it takes about a second, which the start of the bus need not wait for. */
        synchronized Agent agent() {
            Agent agent = started;
            if (agent == null) {
                JolokiaServiceManager services = JolokiaServiceManagerFactory.createJolokiaServiceManager(
                        new StaticConfiguration(CONFIGURATION, null, SystemPropertyMode.NEVER),
                        new JolokiaLog(),
                        rules,
                        log -> new TreeSet<>());
                services.addService(new JolokiaSerializer());
                services.addService(new LocalRequestHandler(1_000));
                agent = new Agent(services.start(), services);
                started = agent;
            }
            return agent;
        }

        synchronized void close() {
            if (started != null) {
                started.services.stop();
            }
        }
    }

    /** Says which Jolokia this is; nothing about the process. */
    String version(Operator operator) {
        JSONObject request = new JSONObject();
        request.put("type", "version");
        return answer(request, Map.of(), operator).toJSONString();
    }

    /**
     * Answers one request or a bulk of at most a thousand.
     *
     * @param parameters the query of the HTTP request; those that could widen an answer are not heard
     * @param operator who asks
     * @return Jolokia's JSON, or empty when the body is no request of Jolokia's
     */
    Optional<String> answer(String body, Map<String, String> parameters, Operator operator) {
        Object asked;
        try {
            asked = new JSONParser().parse(body);
        } catch (ParseException | IOException | RuntimeException unreadable) {
            return Optional.empty();
        }
        if (asked instanceof JSONObject one) {
            return Optional.of(answer(one, parameters, operator)).map(JSONStructure::toJSONString);
        }
        if (!(asked instanceof JSONArray bulk) || bulk.size() > MOST_REQUESTS) {
            return Optional.empty();
        }
        JSONArray answers = new JSONArray(bulk.size());
        for (Object item : bulk) {
            answers.add(
                    item instanceof JSONObject one ? answer(one, parameters, operator) : status(400, "not a request"));
        }
        return Optional.of(answers.toJSONString());
    }

    private JSONObject answer(JSONObject asked, Map<String, String> parameters, Operator operator) {
        Map<String, String> heard = heard(parameters, asked);
        Desk desk = desk(operator);
        JolokiaRequest request;
        try {
            request = read(desk, asked, heard);
        } catch (BadRequestException | RuntimeException unreadable) {
            return status(400, "not a request");
        } catch (JMException gone) {
            return status(404, "no such MBean");
        }
        if (asked.containsKey("target") || !isAllowed(desk.rules, request)) {
            return refused(request, asked, operator);
        }
        try (ServicesBean.Turnstile inHisName = services.as(operator)) {
            JSONObject answer = desk.agent().execute(request);
            if (Integer.valueOf(403).equals(answer.get("status"))) {
                return refused(request, asked, operator);
            }
            if (request instanceof JolokiaListRequest listing && answer.containsKey("value")) {
                boolean shared = Boolean.parseBoolean(heard.get("listCache"));
                answer.put("value", desk.list.cut(answer.get("value"), path(listing), shared));
            }
            return answer;
        } catch (BadRequestException | EmptyResponseException wrong) {
            return status(400, "not a request");
        }
    }

    /** Reads a request; one for all attributes becomes one for those that may be read. */
    private static JolokiaRequest read(Desk desk, JSONObject asked, Map<String, String> heard)
            throws BadRequestException, JMException {
        ProcessingParameters processing = desk.agent().parameters(heard);
        JolokiaRequest request = JolokiaRequestFactory.createPostRequest(asked, processing);
        if (request instanceof JolokiaReadRequest read && asksForAll(read)) {
            asked.put("attribute", new JSONArray(readable(desk.rules, read.getObjectName())));
            return JolokiaRequestFactory.createPostRequest(asked, processing);
        }
        return request;
    }

    private static boolean isAllowed(JmxRules rules, JolokiaRequest request) {
        if (!rules.isTypeAllowed(request.getType())) {
            return false;
        }
        if (request instanceof JolokiaObjectNameRequest named && named.getProvider() != null) {
            return false;
        }
        if (request instanceof JolokiaReadRequest read) {
            List<String> attributes =
                    read.isMultiAttributeMode() ? read.getAttributeNames() : List.of(read.getAttributeName());
            return !attributes.isEmpty()
                    && rules.attributes(read.getObjectName()).containsAll(attributes);
        }
        if (request instanceof JolokiaExecRequest call) {
            return rules.offers(call.getObjectName(), String.valueOf(call.getOperation()));
        }
        if (request instanceof JolokiaListRequest listing) {
            List<String> path = path(listing);
            return path.size() <= 2 && path.stream().noneMatch(part -> part == null || part.matches(".*[*?].*"));
        }
        return true;
    }

    private static boolean asksForAll(JolokiaReadRequest read) {
        return read.isMultiAttributeMode() && read.getAttributeNames().isEmpty();
    }

    /** Those of the readable attributes that this MBean has. */
    private static List<String> readable(JmxRules rules, ObjectName name) throws JMException {
        Set<String> allowed = rules.attributes(name);
        return allowed.isEmpty()
                ? List.of()
                : Arrays.stream(ManagementFactory.getPlatformMBeanServer()
                                .getMBeanInfo(name)
                                .getAttributes())
                        .map(MBeanFeatureInfo::getName)
                        .filter(allowed::contains)
                        .toList();
    }

    private static List<String> path(JolokiaListRequest listing) {
        List<String> parts = listing.getPathParts();
        return parts == null ? List.of() : parts;
    }

    /** The parameters that count; those inside the request are taken out of it, so that Jolokia does not read them again. */
    private static Map<String, String> heard(Map<String, String> outside, JSONObject asked) {
        Map<String, String> heard = new HashMap<>(outside);
        if (asked.remove("config") instanceof JSONObject inside) {
            inside.forEach((name, value) -> heard.put(name, String.valueOf(value)));
        }
        heard.keySet().retainAll(PARAMETERS);
        return heard;
    }

    private JSONObject refused(JolokiaRequest request, JSONObject asked, Operator operator) {
        String kind = request.getType().getName().toLowerCase(Locale.ROOT);
        meters.counter("lgsp.operate.jmx.refused", "type", kind).increment();
        LOG.atWarn()
                .addKeyValue("event", "jmx.refused")
                .addKeyValue("type", kind)
                .addKeyValue("operator", operator.user())
                .log("");
        JSONObject answer = status(
                403, "not allowed: the console shows states and counts, and turns switches with the right to it");
        answer.put("request", asked);
        return answer;
    }

    private static JSONObject status(int status, String why) {
        JSONObject answer = new JSONObject();
        answer.put("status", status);
        answer.put("error", why);
        answer.put("error_type", status == 403 ? "java.lang.SecurityException" : "java.lang.IllegalArgumentException");
        return answer;
    }

    @Override
    public void close() {
        desks.values().forEach(Desk::close);
    }

    /** Opens the two doors of Jolokia's handler that we need; its own HTTP reading is left out. */
    private static final class Agent extends BaseRequestHandler {
        private final JolokiaServiceManager services;

        Agent(JolokiaContext context, JolokiaServiceManager services) {
            super(context);
            this.services = services;
        }

        ProcessingParameters parameters(Map<String, String> heard) throws BadRequestException {
            Map<String, String[]> query = new HashMap<>();
            heard.forEach((name, value) -> {
                if (!name.equals("listCache")) {
                    query.put(name, new String[] {value});
                }
            });
            return getProcessingParameter(Collections.unmodifiableMap(query));
        }

        JSONObject execute(JolokiaRequest request) throws BadRequestException, EmptyResponseException {
            return executeRequest(request);
        }
    }

    private static final class JolokiaLog implements LogHandler {
        @Override
        public void debug(String message) {
            LOG.debug(message);
        }

        @Override
        public void info(String message) {
            LOG.debug(message);
        }

        @Override
        public void error(String message, Throwable problem) {
            LOG.warn(message, problem);
        }

        @Override
        public boolean isDebug() {
            return false;
        }
    }
}
