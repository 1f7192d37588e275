package vn.lgsp.operate;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.camel.CamelExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JmxViewTest {
    private static final String SECRET = "secret-of-the-command-line";
    private static final MBeanServer MBEANS = ManagementFactory.getPlatformMBeanServer();
    private static ManagedBus bus;
    private static String session;
    private static String context;
    private static String route;

    @BeforeAll
    static void start() throws Exception {
        System.setProperty("lgsp.test.secret", SECRET);
        bus = new ManagedBus();
        session = bus.signedIn();
        context = name("org.apache.camel:type=context,*");
        route = name("org.apache.camel:type=routes,name=\"land-parcel-lookup\",*");
        bus.work(3);
        try (var producer = bus.camel.createProducerTemplate()) {
            producer.sendBody("direct:population-citizen-lookup", ManagedBus.CONTENT);
        } catch (CamelExecutionException expected) {
            assertThat(expected).hasRootCauseInstanceOf(IllegalStateException.class);
        }
    }

    @AfterAll
    static void stop() throws Exception {
        System.clearProperty("lgsp.test.secret");
        bus.close();
    }

    private static String name(String pattern) throws Exception {
        return MBEANS.queryNames(new ObjectName(pattern), null)
                .iterator()
                .next()
                .toString();
    }

    @Test
    void a_signed_in_operator_sees_the_routes_and_their_counts() {
        JsonObject value = ask(read(route)).getJsonObject("value");

        assertThat(value.getString("RouteId")).isEqualTo("land-parcel-lookup");
        assertThat(value.getString("State")).isEqualTo("Started");
        assertThat(value.getInteger("ExchangesTotal")).isEqualTo(3);
        assertThat(value.fieldNames()).doesNotContain("LastError", "EndpointUri", "RouteProperties");
        assertThat(call(context, "dumpRoutesAsXml()").getString("value")).contains("land-parcel-lookup");
        assertThat(call(context, "dumpRoutesStatsAsXml", true, true).getString("value"))
                .contains("exchangesCompleted=\"3\"");
        assertThat(ask(read("java.lang:type=Memory").put("attribute", "HeapMemoryUsage"))
                        .getJsonObject("value")
                        .getLong("used"))
                .isPositive();
    }

    @Test
    void no_attribute_is_readable_that_was_not_opened() throws Exception {
        Set<String> readable = new TreeSet<>();
        for (ObjectName name : MBEANS.queryNames(null, null)) {
            List<String> attributes = Stream.of(MBEANS.getMBeanInfo(name).getAttributes())
                    .map(MBeanAttributeInfo::getName)
                    .toList();
            JsonArray bulk = new JsonArray();
            attributes.forEach(attribute -> bulk.add(read(name.toString()).put("attribute", attribute)));
            JsonArray answers = askAll(bulk);
            for (int i = 0; i < attributes.size(); i++) {
                if (answers.getJsonObject(i).getInteger("status") != 403) {
                    readable.add(name.getDomain() + " " + name.getKeyProperty("type") + " " + attributes.get(i));
                }
            }
        }
        assertThat(readable)
                .hasSizeGreaterThan(60)
                .allMatch(attribute -> attribute.matches(
                        "org.apache.camel (context|routes|processors) .*|vn.lgsp Services (Started|Stopped|Disabled)|java.lang (Memory|MemoryPool|GarbageCollector|Threading|"
                                + "ClassLoading|Runtime|OperatingSystem) .*"));
        assertThat(String.join("\n", readable))
                .doesNotContain(
                        "SystemProperties",
                        "InputArguments",
                        "ClassPath",
                        "LastError",
                        "EndpointUri",
                        "GlobalOptions",
                        "RouteProperties",
                        "Message ",
                        "Expression");
    }

    @Test
    void no_operation_is_callable_that_was_not_opened() throws Exception {
        assertThat(callableIn(session))
                .containsExactlyInAnyOrder(
                        "context dumpRoutesAsXml()",
                        "context dumpRoutesStatsAsXml",
                        "context dumpRoutesStatsAsXml(boolean,boolean)",
                        "routes dumpRouteAsXml()",
                        "routes dumpRouteStatsAsXml",
                        "routes dumpRouteStatsAsXml(boolean,boolean)",
                        "Services list()",
                        "Services inspect(java.lang.String)");
        assertThat(bus.camel
                        .getRouteController()
                        .getRouteStatus("land-parcel-lookup")
                        .isStarted())
                .isTrue();
    }

    @Test
    void the_right_to_switch_opens_three_operations_and_no_other() throws Exception {
        Set<String> more = callableIn(bus.signedInAs(ManagedBus.SWITCHER));
        more.removeAll(callableIn(session));

        assertThat(more)
                .containsExactly(
                        "Services disable(java.lang.String,java.lang.String)",
                        "Services start(java.lang.String,java.lang.String)",
                        "Services stop(java.lang.String,java.lang.String)");
    }

    private static Set<String> callableIn(String who) throws Exception {
        Set<String> callable = new TreeSet<>();
        for (ObjectName name : MBEANS.queryNames(null, null)) {
            JsonArray bulk = new JsonArray();
            List<String> operations = new ArrayList<>();
            for (MBeanOperationInfo operation : MBEANS.getMBeanInfo(name).getOperations()) {
                String types = Stream.of(operation.getSignature())
                        .map(MBeanParameterInfo::getType)
                        .collect(Collectors.joining(","));
                operations.add(operation.getName() + "(" + types + ")");
                operations.add(operation.getName());
            }
            operations.forEach(operation -> bulk.add(exec(name.toString(), operation, true, true)));
            JsonArray answers = new JsonArray(bus.jolokia(who, bulk.encode()).body());
            for (int i = 0; i < operations.size(); i++) {
                if (answers.getJsonObject(i).getInteger("status") != 403) {
                    callable.add(name.getKeyProperty("type") + " " + operations.get(i));
                }
            }
        }
        return callable;
    }

    @Test
    void nothing_that_may_be_asked_shows_content_or_the_command_line() throws Exception {
        StringBuilder everything = new StringBuilder();
        everything.append(bus.jolokia(session, "{\"type\":\"list\"}").body());
        everything.append(bus.client.get("/hawtio/jolokia", session).body());
        everything.append(call(context, "dumpRoutesAsXml()"));
        everything.append(call(context, "dumpRoutesStatsAsXml", true, true));
        for (ObjectName name : MBEANS.queryNames(null, null)) {
            everything.append(ask(read(name.toString())));
        }
        assertThat(everything).contains("land-parcel-lookup").doesNotContain(ManagedBus.CONTENT, SECRET);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'exec','mbean':'ROUTE','operation':'stop()'}",
                "{'type':'exec','mbean':'ROUTE','operation':'stop'}",
                "{'type':'exec','mbean':'ROUTE','operation':' stop() '}",
                "{'type':'exec','mbean':'ROUTE','operation':'remove()'}",
                "{'type':'exec','mbean':'ROUTE','operation':'reset()'}",
                "{'type':'exec','mbean':'CONTEXT','operation':'suspend()'}",
                "{'type':'exec','mbean':'CONTEXT','operation':'dumpRoutesAsXml(boolean)','arguments':[true]}",
                "{'type':'exec','mbean':'org.apache.camel:*','operation':'dumpRoutesAsXml()'}",
                "{'type':'exec','mbean':'org.apache.camel:type=context,*','operation':'dumpRoutesAsXml()'}",
                "{'type':'exec','mbean':'java.lang:type=Memory','operation':'gc()'}",
                "{'type':'exec','mbean':'java.lang:type=Threading','operation':'dumpAllThreads(boolean,boolean)','arguments':[true,true]}",
                "{'type':'exec','mbean':'com.sun.management:type=DiagnosticCommand','operation':'vmSystemProperties'}",
                "{'type':'exec','mbean':'com.sun.management:type=HotSpotDiagnostic','operation':'dumpHeap','arguments':['/tmp/x',true]}",
                "{'type':'exec','mbean':'java.util.logging:type=Logging','operation':'setLoggerLevel','arguments':['','ALL']}",
                "{'type':'write','mbean':'ROUTE','attribute':'StatisticsEnabled','value':false}",
                "{'type':'write','mbean':'java.lang:type=Memory','attribute':'Verbose','value':true}",
                "{'type':'read','mbean':'java.lang:type=Runtime','attribute':'SystemProperties'}",
                "{'type':'read','mbean':'java.lang:type=Runtime','attribute':['Uptime','SystemProperties']}",
                "{'type':'read','mbean':'java.lang:type=Runtime','attribute':'InputArguments'}",
                "{'type':'read','mbean':'java.lang:type=*','attribute':'Uptime'}",
                "{'type':'read','mbean':'*:*'}",
                "{'type':'read','mbean':'jmx@java.lang:type=Memory'}",
                "{'type':'read','mbean':'java.lang:type=Memory','attribute':'HeapMemoryUsage',"
                        + "'target':{'url':'service:jmx:rmi:///jndi/rmi://127.0.0.1:1/x'}}",
                "{'type':'read','mbean':'ROUTE','attribute':'LastError'}",
                "{'type':'read','mbean':'JMImplementation:type=MBeanServerDelegate'}",
                "{'type':'list','path':'java.lang/type=*'}",
                "{'type':'list','path':'java.lang/type=Runtime/attr'}",
                "{'type':'config'}",
                "{'type':'notification','command':'register'}",
            })
    void what_would_change_or_reveal_something_is_refused_and_counted(String request) {
        double before = refusals();
        JsonObject answer = ask(new JsonObject(filled(request)));

        assertThat(answer.getInteger("status")).isEqualTo(403);
        assertThat(answer.containsKey("value")).isFalse();
        assertThat(refusals()).isEqualTo(before + 1);
    }

    @Test
    void one_forbidden_request_in_a_bulk_is_refused_and_the_others_are_answered() {
        JsonArray answers = askAll(new JsonArray()
                .add(read(route))
                .add(exec(route, "stop()"))
                .add("not a request")
                .add(new JsonObject().put("type", "version")));

        assertThat(answers.stream().map(answer -> ((JsonObject) answer).getInteger("status")))
                .containsExactly(200, 403, 400, 200);
        assertThat(bus.camel
                        .getRouteController()
                        .getRouteStatus("land-parcel-lookup")
                        .isStarted())
                .isTrue();
    }

    @Test
    void parameters_cannot_widen_an_answer() {
        JsonObject wrong = exec(route, "noSuchOperation")
                .put("config", new JsonObject().put("includeStackTrace", "true").put("serializeException", "true"));
        String path = "/hawtio/jolokia?includeStackTrace=true&serializeException=true&callback=alert";
        RawClient.Answer answer = bus.client.post(path, wrong.encode(), session);

        assertThat(answer.header("content-type")).contains("application/json");
        assertThat(answer.body()).doesNotContain("stacktrace", "error_value", "alert", "\tat ");
    }

    @Test
    void the_list_shows_only_what_may_be_read_and_marks_what_may_not_be_called() {
        JsonObject domains = ask(new JsonObject().put("type", "list")).getJsonObject("value");

        assertThat(domains.fieldNames()).containsExactlyInAnyOrder("org.apache.camel", "java.lang", "vn.lgsp");
        JsonObject info =
                domains.getJsonObject("org.apache.camel").getJsonObject(route.substring(route.indexOf(':') + 1));
        assertThat(info.getJsonObject("attr").fieldNames())
                .contains("ExchangesTotal")
                .doesNotContain("LastError");
        assertThat(info.getJsonObject("opByString").getJsonObject("stop()").getBoolean("canInvoke"))
                .isFalse();
        assertThat(info.getJsonObject("opByString")
                        .getJsonObject("dumpRouteAsXml()")
                        .getBoolean("canInvoke"))
                .isTrue();
        assertThat(domains.encode()).doesNotContain("\"rw\":true", "BacklogTracer", "SystemProperties");
    }

    @Test
    void the_list_says_equal_descriptions_once_when_the_console_asks_so() {
        String body = "{\"type\":\"list\",\"config\":{\"listCache\":\"true\"}}";
        JsonObject shared = new JsonObject(bus.jolokia(session, body).body()).getJsonObject("value");

        JsonObject names = shared.getJsonObject("domains").getJsonObject("org.apache.camel");
        Set<Object> kinds = names.stream()
                .filter(entry -> entry.getKey().contains("type=routes"))
                .map(java.util.Map.Entry::getValue)
                .collect(Collectors.toSet());
        assertThat(kinds).hasSize(1);
        assertThat(shared.getJsonObject("cache").fieldNames())
                .contains((String) kinds.iterator().next());
    }

    @Test
    void a_search_finds_only_what_may_be_read() {
        JsonArray found =
                ask(new JsonObject().put("type", "search").put("mbean", "*:*")).getJsonArray("value");
        assertThat(found).contains("java.lang:type=Memory");
        assertThat(found.encode()).doesNotContain("com.sun.management", "type=tracer", "type=endpoints", "jolokia:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "\"x\"", "{", "[", "nonsense", "{}", "{\"type\":1}", "{\"type\":\"READ \"}"})
    void what_is_no_request_is_answered_so(String body) {
        RawClient.Answer answer = bus.jolokia(session, body);
        assertThat(answer.status() == 400 || new JsonObject(answer.body()).getInteger("status") == 400)
                .isTrue();
    }

    @Test
    void a_bulk_that_is_too_long_and_a_body_that_is_too_large_are_refused() {
        String one = "{\"type\":\"version\"}";
        assertThat(bus.jolokia(session, "[" + (one + ",").repeat(1_000) + one + "]")
                        .status())
                .isEqualTo(400);
        assertThat(bus.jolokia(session, "[" + " ".repeat(1 << 20) + "]").status())
                .isEqualTo(413);
    }

    private static double refusals() {
        return bus.meters.find("lgsp.operate.jmx.refused").counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    private static String filled(String request) {
        return request.replace("ROUTE", route.replace("\"", "\\\""))
                .replace("CONTEXT", context.replace("\"", "\\\""))
                .replace("'", "\"");
    }

    private static JsonObject read(String mbean) {
        return new JsonObject().put("type", "read").put("mbean", mbean);
    }

    private static JsonObject exec(String mbean, String operation, Object... arguments) {
        return new JsonObject()
                .put("type", "exec")
                .put("mbean", mbean)
                .put("operation", operation)
                .put("arguments", new JsonArray(List.of(arguments)));
    }

    private static JsonObject call(String mbean, String operation, Object... arguments) {
        return ask(exec(mbean, operation, arguments));
    }

    private static JsonObject ask(JsonObject request) {
        return new JsonObject(bus.jolokia(session, request.encode()).body());
    }

    private static JsonArray askAll(JsonArray bulk) {
        return new JsonArray(bus.jolokia(session, bulk.encode()).body());
    }
}
