package vn.lgsp.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static vn.lgsp.operate.FewServices.CITIZEN;
import static vn.lgsp.operate.FewServices.CITIZEN_2;
import static vn.lgsp.operate.FewServices.LAND;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vn.lgsp.catalogue.Operator;
import vn.lgsp.operate.ServicesView.State;

/** The switch of each service: at {@code /services} and in the console, for those who have the right (BUS-22). */
class ServicesTest {
    private static final String MBEAN = "vn.lgsp:type=Services";
    private static final String STOP = "stop(java.lang.String,java.lang.String)";
    private static final MBeanServer MBEANS = ManagementFactory.getPlatformMBeanServer();

    private static ManagedBus bus;
    private static String looker;
    private static String switcher;

    @BeforeAll
    static void start() throws Exception {
        bus = new ManagedBus();
        looker = bus.signedInAs(ManagedBus.USER);
        switcher = bus.signedInAs(ManagedBus.SWITCHER);
    }

    @AfterAll
    static void stop() throws Exception {
        bus.close();
    }

    @BeforeEach
    void forget() {
        bus.services.forget();
    }

    @AfterEach
    void give_the_rights_back() {
        bus.catalogue.replace(ManagedBus.snapshot(ManagedBus.LOOKS_ON, ManagedBus.MAY_SWITCH));
    }

    // ------------------------------------------------------------------ by address

    @Test
    void every_operator_sees_how_the_services_stand() {
        turn(LAND, "stop", switcher, "{\"reason\":\"moving house\"}");

        JsonArray all = new JsonArray(bus.client.get("/services", looker).body());
        JsonObject one = new JsonObject(
                bus.client.get("/services/land-parcel-lookup/v1", looker).body());

        assertThat(all).hasSize(3).contains(one);
        assertThat(one).isEqualTo(new JsonObject("""
                {
                  "service": "land-parcel-lookup/v1",
                  "name": "Tra cứu",
                  "unit": "4f9a01c2d3e4",
                  "inside": 3,
                  "state": "stopped",
                  "since": "2026-03-01T05:00:00Z",
                  "operator": "truong-ca",
                  "reason": "moving house"
                }
                """));
    }

    @ParameterizedTest
    @CsvSource({"start, STARTED", "stop, STOPPED", "disable, DISABLED"})
    void an_operator_with_the_right_turns_the_switch_of_one_service(String act, State after) {
        bus.services.turn(LAND, after == State.STOPPED ? State.DISABLED : State.STOPPED, "somebody", "before");
        bus.services.turns.clear();

        RawClient.Answer answer = turn(LAND, act, switcher, "{\"reason\":\"vì sao\"}");

        assertThat(answer.status()).isEqualTo(200);
        JsonObject told = new JsonObject(answer.body());
        assertThat(told.getString("state")).isEqualTo(after.label());
        assertThat(told.getString("operator")).isEqualTo(ManagedBus.SWITCHER);
        assertThat(told.getBoolean("changed")).isTrue();
        assertThat(bus.services.turns).containsExactly("truong-ca " + after.label() + " land-parcel-lookup/v1: vì sao");
        assertThat(bus.services.state(CITIZEN)).isEqualTo(State.STARTED);
    }

    @Test
    void the_reason_may_stand_in_the_query_and_the_password_in_the_request() {
        RawClient.Answer answer = bus.client.send(
                "POST",
                "/services/population-citizen-lookup/v2/disable?reason=b%E1%BA%A3n%202",
                "",
                "Origin: http://localhost:" + bus.port,
                basic(ManagedBus.SWITCHER));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(bus.services.turns).containsExactly("truong-ca disabled population-citizen-lookup/v2: bản 2");
    }

    @Test
    void one_that_stands_so_already_is_told_to_be_unchanged() {
        assertThat(new JsonObject(turn(LAND, "start", switcher, "").body()).getBoolean("changed"))
                .isFalse();
        assertThat(bus.services.turns).isEmpty();
        assertThat(counted("unchanged")).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"start", "stop", "disable"})
    void an_operator_without_the_right_turns_nothing_and_it_is_counted(String act) {
        double before = counted("denied");

        RawClient.Answer answer = turn(LAND, act, looker, "{\"reason\":\"why\"}");

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.body()).contains("van-hanh may look on only", "'switch'");
        assertThat(bus.services.turns).isEmpty();
        assertThat(counted("denied")).isEqualTo(before + 1);
    }

    @Test
    void a_right_that_is_taken_back_in_the_registry_is_gone_at_once() {
        bus.catalogue.replace(ManagedBus.snapshot(
                ManagedBus.LOOKS_ON,
                new Operator(ManagedBus.SWITCHER, ManagedBus.MAY_SWITCH.passwordHash(), Set.of())));

        assertThat(turn(LAND, "stop", switcher, "{\"reason\":\"why\"}").status())
                .isEqualTo(401);
        assertThat(turn(LAND, "stop", basic(ManagedBus.SWITCHER), "{\"reason\":\"why\"}")
                        .status())
                .isEqualTo(403);
        assertThat(bus.jolokia(
                                switcher,
                                exec(STOP, "land-parcel-lookup/v1", "why").encode())
                        .status())
                .isEqualTo(401);
        assertThat(bus.services.turns).isEmpty();
    }

    @Test
    void nobody_turns_a_switch_without_signing_in_from_a_foreign_page_or_by_a_link() {
        String path = "/services/land-parcel-lookup/v1/stop?reason=why";

        assertThat(bus.client.get("/services").status()).isEqualTo(401);
        assertThat(bus.client.post(path, "").status()).isEqualTo(401);
        assertThat(bus.client.send("POST", path, "", switcher).status()).isEqualTo(403);
        assertThat(bus.client
                        .send("POST", path, "", "Origin: https://evil.example", switcher)
                        .status())
                .isEqualTo(403);
        assertThat(bus.client.get(path, switcher).status()).isEqualTo(404);
        assertThat(bus.services.turns).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"[]", "1", "{", "\"why\"", "{\"reason\":1}", "{\"reason\":null}", "{\"reason\":\"  \"}", "{}", ""
            })
    void a_stop_without_a_reason_is_refused(String body) {
        RawClient.Answer answer = turn(LAND, "stop", switcher, body);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(bus.services.turns).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"nobody/v1", "land-parcel-lookup/v2", "land-parcel-lookup/1", "Land/v1", "land-parcel-lookup/v01"
            })
    void what_is_no_service_is_told_to_be_unknown(String service) {
        assertThat(bus.client.get("/services/" + service, looker).status()).isEqualTo(404);
        assertThat(bus.client
                        .post("/services/" + service + "/stop", "{\"reason\":\"why\"}", switcher)
                        .status())
                .isEqualTo(404);
    }

    @Test
    void an_operator_reads_that_nothing_has_changed_when_the_ledger_cannot_be_written() {
        bus.services.diskFull = true;

        RawClient.Answer answer = turn(LAND, "stop", switcher, "{\"reason\":\"why\"}");

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.body()).contains("nothing has changed").doesNotContain("no space left");
    }

    @Test
    void a_body_that_is_too_large_is_not_read() {
        assertThat(turn(LAND, "stop", switcher, "{\"reason\":\"" + "x".repeat(9_000) + "\"}")
                        .status())
                .isEqualTo(413);
    }

    // ------------------------------------------------------------------ in the console

    @Test
    void the_console_shows_and_turns_the_switches_for_one_who_has_the_right() {
        JsonObject stopped = ask(switcher, exec(STOP, "land-parcel-lookup/v1", "moving house"));
        JsonObject shown = ask(looker, exec("inspect(java.lang.String)", "land-parcel-lookup"));
        JsonObject all = ask(looker, exec("list()"));
        JsonObject counts = ask(looker, new JsonObject().put("type", "read").put("mbean", MBEAN));

        assertThat(stopped.getJsonObject("value").getString("changed")).isEqualTo("true");
        assertThat(bus.services.turns).containsExactly("truong-ca stopped land-parcel-lookup/v1: moving house");
        assertThat(shown.getJsonObject("value"))
                .isEqualTo(new JsonObject()
                        .put("service", "land-parcel-lookup/v1")
                        .put("name", "Tra cứu")
                        .put("unit", "4f9a01c2d3e4")
                        .put("inside", "3")
                        .put("state", "stopped")
                        .put("since", "2026-03-01T05:00:00Z")
                        .put("operator", "truong-ca")
                        .put("reason", "moving house"));
        assertThat(all.getJsonArray("value"))
                .containsExactly(
                        "land-parcel-lookup/v1 stopped",
                        "population-citizen-lookup/v1 started",
                        "population-citizen-lookup/v2 started");
        assertThat(counts.getJsonObject("value"))
                .isEqualTo(new JsonObject()
                        .put("Started", 2)
                        .put("Stopped", new JsonArray().add("land-parcel-lookup/v1"))
                        .put("Disabled", new JsonArray()));
    }

    @Test
    void what_the_operation_refuses_is_told_in_the_console_too() {
        assertThat(ask(switcher, exec(STOP, "land-parcel-lookup/v1", " ")).getString("error"))
                .contains("say why");
        assertThat(ask(switcher, exec(STOP, "population-citizen-lookup", "why")).getString("error"))
                .contains("several versions: write population-citizen-lookup/v1, or population-citizen-lookup/v2");
        assertThat(ask(switcher, exec(STOP, "nobody", "why")).getString("error"))
                .contains("this names no service");
        assertThat(ask(switcher, exec(STOP, "nobody/v1", "why")).getString("error"))
                .contains("no service nobody/v1 is known");
        assertThat(bus.services.turns).isEmpty();
    }

    @Test
    void the_list_offers_the_operations_to_one_who_has_the_right_and_to_no_other() {
        for (boolean may : new boolean[] {true, false}) {
            JsonObject listed = ask(
                            may ? switcher : looker,
                            new JsonObject().put("type", "list").put("path", "vn.lgsp/type=Services"))
                    .getJsonObject("value");
            JsonObject operations = listed.getJsonObject("opByString");
            assertThat(operations.fieldNames())
                    .containsExactlyInAnyOrder(
                            "list()",
                            "inspect(java.lang.String)",
                            "start(java.lang.String,java.lang.String)",
                            STOP,
                            "disable(java.lang.String,java.lang.String)");
            assertThat(operations.getJsonObject(STOP).getBoolean("canInvoke")).isEqualTo(may);
            assertThat(operations.getJsonObject("list()").getBoolean("canInvoke"))
                    .isTrue();
            assertThat(listed.getJsonObject("attr").fieldNames())
                    .containsExactlyInAnyOrder("Started", "Stopped", "Disabled");
            assertThat(listed.encode()).doesNotContain("\"rw\":true");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'exec','mbean':'vn.lgsp:*','operation':'STOP','arguments':['land-parcel-lookup/v1','why']}",
                "{'type':'exec','mbean':'vn.lgsp:type=*','operation':'STOP','arguments':['land-parcel-lookup/v1','why']}",
                "{'type':'exec','mbean':'*:type=Services','operation':'STOP','arguments':['land-parcel-lookup/v1','why']}",
                "{'type':'exec','mbean':'vn.lgsp:type=Services,*','operation':'STOP','arguments':['land-parcel-lookup/v1','why']}",
                "{'type':'exec','mbean':'vn.lgsp:type=Services,x=1','operation':'STOP','arguments':['land-parcel-lookup/v1','why']}",
                "{'type':'exec','mbean':'VN.LGSP:type=Services','operation':'STOP','arguments':['land-parcel-lookup/v1','why']}",
                "{'type':'exec','mbean':'jmx@vn.lgsp:type=Services','operation':'STOP','arguments':['land-parcel-lookup/v1','why']}",
                "{'type':'exec','mbean':'MBEAN','operation':'stop','arguments':['land-parcel-lookup/v1','why']}",
                "{'type':'exec','mbean':'MBEAN','operation':'stop(java.lang.String)','arguments':['land-parcel-lookup/v1']}",
                "{'type':'exec','mbean':'MBEAN','operation':'stop(java.lang.String, java.lang.String)','arguments':['land-parcel-lookup/v1','why']}",
                "{'type':'exec','mbean':'MBEAN','operation':' STOP','arguments':['land-parcel-lookup/v1','why']}",
                "{'type':'exec','mbean':'MBEAN','operation':'Stop(java.lang.String,java.lang.String)','arguments':['land-parcel-lookup/v1','why']}",
                "{'type':'exec','mbean':'MBEAN','operation':'stop(java.lang.Object,java.lang.Object)','arguments':['land-parcel-lookup/v1','why']}",
                "{'type':'exec','mbean':'MBEAN','operation':['STOP'],'arguments':['land-parcel-lookup/v1','why']}",
                "{'type':'exec','mbean':'MBEAN','operation':'setStopped','arguments':[[]]}",
                "{'type':'exec','mbean':'MBEAN','operation':'getStopped()'}",
                "{'type':'exec','mbean':'MBEAN','operation':'list'}",
                "{'type':'write','mbean':'MBEAN','attribute':'Stopped','value':['land-parcel-lookup/v1']}",
                "{'type':'write','mbean':'MBEAN','attribute':'Started','value':0}",
                "{'type':'read','mbean':'MBEAN','attribute':'Class'}",
                "{'type':'read','mbean':'vn.lgsp:*'}",
                "{'type':'notification','command':'add','mbean':'MBEAN','mode':'pull','client':'1'}",
                "{'type':'exec','mbean':'MBEAN','operation':'STOP','arguments':['land-parcel-lookup/v1','why'],"
                        + "'target':{'url':'service:jmx:rmi:///jndi/rmi://127.0.0.1:1/x'}}",
            })
    void every_other_form_of_asking_is_closed_even_to_one_who_has_the_right(String request) {
        JsonObject answer = ask(
                switcher,
                new JsonObject(
                        request.replace("STOP", STOP).replace("MBEAN", MBEAN).replace("'", "\"")));

        assertThat(answer.getInteger("status")).isIn(400, 403);
        assertThat(answer.containsKey("value")).isFalse();
        assertThat(bus.services.turns).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/hawtio/jolokia/exec/vn.lgsp:type=Services/stop(java.lang.String,java.lang.String)/land-parcel-lookup/why",
                "/hawtio/jolokia/exec/vn.lgsp%3Atype%3DServices/stop/land-parcel-lookup/why",
                "/hawtio/jolokia?type=exec&mbean=vn.lgsp:type=Services&operation=stop&arguments=land-parcel-lookup"
            })
    void an_address_alone_calls_nothing(String path) {
        RawClient.Answer answer = bus.client.get(path, switcher);

        assertThat(answer.body()).doesNotContain("\"changed\"");
        assertThat(bus.services.turns).isEmpty();
    }

    @Test
    void in_a_bulk_every_item_is_looked_at_for_itself() {
        JsonArray bulk = new JsonArray()
                .add(new JsonObject().put("type", "version"))
                .add(exec(STOP, "land-parcel-lookup/v1", "why"))
                .add(new JsonObject()
                        .put("type", "read")
                        .put("mbean", "java.lang:type=Runtime")
                        .put("attribute", "SystemProperties"))
                .add(exec("stop", "population-citizen-lookup/v1", "why"))
                .add(exec(STOP, "population-citizen-lookup/v2", "why"));

        assertThat(statuses(looker, bulk)).containsExactly(200, 403, 403, 403, 403);
        assertThat(bus.services.turns).isEmpty();

        assertThat(statuses(switcher, bulk)).containsExactly(200, 200, 403, 403, 200);
        assertThat(bus.services.state(LAND)).isEqualTo(State.STOPPED);
        assertThat(bus.services.state(CITIZEN)).isEqualTo(State.STARTED);
        assertThat(bus.services.state(CITIZEN_2)).isEqualTo(State.STOPPED);
    }

    @Test
    void whoever_calls_the_mbean_past_the_console_may_look_and_turn_nothing() throws Exception {
        ObjectName name = new ObjectName(MBEAN);
        String[] types = {"java.lang.String", "java.lang.String"};

        assertThatThrownBy(() -> MBEANS.invoke(name, "stop", new Object[] {"land-parcel-lookup/v1", "why"}, types))
                .hasRootCauseInstanceOf(SecurityException.class);
        assertThat(MBEANS.getAttribute(name, "Started")).isEqualTo(3);
        assertThat(MBEANS.queryNames(new ObjectName("vn.lgsp:*"), null)).containsExactly(name);
        assertThat(bus.services.turns).isEmpty();
    }

    private static double counted(String outcome) {
        return bus.meters.counter("lgsp.operate.switch", "outcome", outcome).count();
    }

    private static List<Integer> statuses(String session, JsonArray bulk) {
        return new JsonArray(bus.jolokia(session, bulk.encode()).body())
                .stream()
                        .map(answer -> ((JsonObject) answer).getInteger("status"))
                        .toList();
    }

    private static JsonObject exec(String operation, String... arguments) {
        return new JsonObject()
                .put("type", "exec")
                .put("mbean", MBEAN)
                .put("operation", operation)
                .put("arguments", new JsonArray(List.of(arguments)));
    }

    private static JsonObject ask(String session, JsonObject request) {
        return new JsonObject(bus.jolokia(session, request.encode()).body());
    }

    private static RawClient.Answer turn(vn.lgsp.message.ServiceKey key, String act, String session, String body) {
        return bus.client.post("/services/" + key + "/" + act, body, session);
    }

    private static String basic(String user) {
        return "Authorization: Basic "
                + Base64.getEncoder()
                        .encodeToString((user + ":" + ManagedBus.PASSWORD).getBytes(StandardCharsets.UTF_8));
    }
}
