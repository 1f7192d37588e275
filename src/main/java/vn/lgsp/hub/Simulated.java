package vn.lgsp.hub;

import static vn.lgsp.hub.Fault.CLOCK_DRIFT;
import static vn.lgsp.hub.Fault.DOWN;
import static vn.lgsp.hub.Fault.DUPLICATE;
import static vn.lgsp.hub.Fault.EXPIRED_TOKEN;
import static vn.lgsp.hub.Fault.FAILURE_INSIDE_200;
import static vn.lgsp.hub.Fault.SLOW;
import static vn.lgsp.hub.Fault.TRUNCATED;
import static vn.lgsp.hub.Fault.WRONG_SIGNATURE;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * What the hub can play, each below a prefix of its own.
 *
 * @param name in the path, and for the switches
 */
record Simulated(
        String name,
        String vietnamese,
        String english,
        Set<Fault> faults,
        Map<String, Settings.Setting> settings,
        BiFunction<Settings, Neighbours, Simulator> make) {

    /**
     * What simulators share.
     *
     * @param axis the one behind both front ends
     * @param down names of those that are told to be down
     */
    record Neighbours(Supplier<Axis> axis, Supplier<List<String>> down) {}

    private static final Set<Fault> ALWAYS = EnumSet.of(DOWN, SLOW, FAILURE_INSIDE_200, TRUNCATED, CLOCK_DRIFT);
    private static final LgspAccessToken APPLICATION =
            new LgspAccessToken(List.of("AK-EXAMPLE", "SK-EXAMPLE", "lgsp-test", "000.00.00.H26", "000.00.00.H26"));
    private static final String SECONDS = "[1-9][0-9]{0,5}";
    private static final String PATH = "[A-Za-z0-9/._-]{1,100}";
    private static final String WINDOW = "off|" + SECONDS;
    private static final String STYLE = "(basic-form|json-body|adapter|lgspaccesstoken)";
    private static final String STYLES = "basic-form,json-body,adapter,lgspaccesstoken";

    /** All of them, by name, in the order in which they are shown. */
    static Map<String, Simulated> all() {
        Map<String, Simulated> all = new LinkedHashMap<>();
        for (Simulated next : List.of(
                gateway("ndxp", "Nền tảng NDXP", "national data platform", "example", "off", Simulated::nation),
                gateway(
                        "ndxp-2",
                        "Nền tảng NDXP thứ hai",
                        "a second instance of it",
                        "example-2",
                        "required",
                        Simulated::nation),
                gateway(
                        "lgsp-other",
                        "LGSP tỉnh khác",
                        "LGSP of another province",
                        "other",
                        "required",
                        Simulated::province),
                new Simulated(
                        "population",
                        "CSDL quốc gia về dân cư",
                        "population database, direct",
                        with(WRONG_SIGNATURE, DUPLICATE),
                        clocked(),
                        (settings, others) -> new PopulationService(
                                new PopulationDoor(PopulationDoor.Kind.DIRECT, Optional.empty(), settings))),
                new Simulated(
                        "axis",
                        "Trục liên thông văn bản (SDK)",
                        "document axis, SDK protocol",
                        with(WRONG_SIGNATURE, DUPLICATE),
                        Map.of(
                                "clock-window",
                                Settings.Setting.of("300", WINDOW, "off, or seconds from 1 to 999999"),
                                "partner-answers",
                                Settings.Setting.of(
                                        "", "|[0-9]{2}(,[0-9]{2}){0,8}", "states such as 01,03, or nothing"),
                                "same-packet",
                                Settings.Setting.oneOf("each", "each", "once")),
                        (settings, others) -> new AxisSdk(others.axis().get(), settings)),
                new Simulated(
                        "axis-rest",
                        "Trục liên thông văn bản (REST)",
                        "document axis, provincial REST form",
                        with(WRONG_SIGNATURE, EXPIRED_TOKEN, DUPLICATE),
                        Map.of(
                                "login",
                                Settings.Setting.oneOf("off", "off", "required"),
                                "token-life",
                                Settings.Setting.of("1800", SECONDS, "seconds from 1 to 999999"),
                                "same-packet",
                                Settings.Setting.oneOf("each", "each", "once")),
                        (settings, others) -> new AxisRest(others.axis().get(), settings)),
                new Simulated(
                        "portal",
                        "Cổng dịch vụ công quốc gia",
                        "public service portal",
                        with(WRONG_SIGNATURE, EXPIRED_TOKEN, DUPLICATE),
                        Map.of(
                                "session-life",
                                Settings.Setting.of("1800", SECONDS, "seconds from 1 to 999999"),
                                "path-auth",
                                Settings.Setting.of("mapi/login", PATH, "a path such as mapi/login"),
                                "path-share",
                                Settings.Setting.of("mapi/share", PATH, "a path such as mapi/share"),
                                "path-integration",
                                Settings.Setting.of("mapi/integration", PATH, "a path such as mapi/integration")),
                        (settings, others) -> new Portal(settings)),
                dossierSteps(),
                gateway(
                        "vnpost",
                        "Bưu chính công ích",
                        "postal service",
                        "vnpost",
                        "off",
                        (gate, settings) -> new PostalService(gate)),
                new Simulated(
                        "security-server",
                        "Máy chủ bảo mật X-Road",
                        "X-Road security server",
                        with(WRONG_SIGNATURE),
                        Map.of(
                                "fault-style",
                                Settings.Setting.oneOf("legacy", "legacy", "new"),
                                "fails",
                                Settings.Setting.of("", "|[A-Za-z.]{1,80}", "a code such as NetworkError, or nothing")),
                        (settings, others) -> new SecurityServer(settings)),
                new Simulated(
                        "status",
                        "Trạng thái kết nối",
                        "connection status",
                        with(),
                        Map.of(
                                "down",
                                Settings.Setting.of(
                                        "",
                                        "|(database|cache|http)(,(database|cache|http)){0,2}",
                                        "some of database, cache, http with commas between, or nothing")),
                        (settings, others) -> new StatusProvider(settings, others.down())))) {
            all.put(next.name(), next);
        }
        return all;
    }

    private static Set<Fault> with(Fault... more) {
        Set<Fault> all = EnumSet.copyOf(ALWAYS);
        all.addAll(Arrays.asList(more));
        return all;
    }

    private static Map<String, Settings.Setting> clocked() {
        return Map.of(
                "clock-window",
                Settings.Setting.of("300", WINDOW, "off, or seconds from 1 to 999999"),
                "service-url",
                Settings.Setting.of(
                        "", "|https?://[^\\s]{1,300}", "an address such as http://ndxp.example.vn, or nothing"));
    }

    /** @param keys what follows {@code ck-} and {@code cs-} in its consumer key and secret */
    private static Simulated gateway(
            String name,
            String vietnamese,
            String english,
            String keys,
            String application,
            BiFunction<TokenGate, Settings, Simulator> make) {
        Map<String, Settings.Setting> settings = new LinkedHashMap<>(clocked());
        settings.put("token-life", Settings.Setting.of("3600", SECONDS, "seconds from 1 to 999999"));
        settings.put(
                "token-styles",
                Settings.Setting.of(
                        STYLES, STYLE + "(," + STYLE + "){0,3}", "some of " + STYLES + " with commas between"));
        settings.put("lgspaccesstoken", Settings.Setting.oneOf(application, "off", "required"));
        return new Simulated(
                name,
                vietnamese,
                english,
                with(WRONG_SIGNATURE, EXPIRED_TOKEN, DUPLICATE),
                settings,
                (chosen, others) -> make.apply(new TokenGate("ck-" + keys, "cs-" + keys, APPLICATION, chosen), chosen));
    }

    private static Simulated dossierSteps() {
        Map<String, Settings.Setting> settings = new LinkedHashMap<>();
        settings.put("token-life", Settings.Setting.of("3600", SECONDS, "seconds from 1 to 999999"));
        settings.put(
                "token-styles",
                Settings.Setting.of(
                        "adapter", STYLE + "(," + STYLE + "){0,3}", "some of " + STYLES + " with commas between"));
        settings.put("lgspaccesstoken", Settings.Setting.oneOf("off", "off", "required"));
        Map.of(
                        "number", "next-number",
                        "file", "files",
                        "create", "dossiers",
                        "progress", "CapNhatTienTrinh",
                        "state", "CapNhatTrangThai")
                .forEach((step, path) ->
                        settings.put("path-" + step, Settings.Setting.of(path, PATH, "a path such as " + path)));
        settings.put("same-dossier", Settings.Setting.oneOf("once", "once", "refuse", "each"));
        return new Simulated(
                "six-step",
                "Cổng dịch vụ công, sáu bước",
                "the portal's six steps",
                with(WRONG_SIGNATURE, EXPIRED_TOKEN, DUPLICATE),
                settings,
                (chosen, others) -> new DossierSteps(new TokenGate("ck-six", "cs-six", APPLICATION, chosen), chosen));
    }

    private static Simulator nation(TokenGate gate, Settings settings) {
        return new Gateway(
                gate,
                apis(),
                Optional.of(new PopulationDoor(PopulationDoor.Kind.NATIONAL, Optional.of(gate), settings)));
    }

    private static Simulator province(TokenGate gate, Settings settings) {
        Map<String, Api> apis = apis();
        apis.put("ngsp", new SocialInsurance());
        apis.put("ecs", new ProvinceApis.CivilCatalogues());
        apis.put("Document", new ProvinceApis.Dossiers());
        apis.put(ProvinceApis.Procedures.NAME, new ProvinceApis.Procedures());
        apis.put("apiDungChung", new ProvinceApis.Shared());
        return new Gateway(
                gate, apis, Optional.of(new PopulationDoor(PopulationDoor.Kind.PROVINCE, Optional.of(gate), settings)));
    }

    private static Map<String, Api> apis() {
        CivilStatus civilStatus = new CivilStatus();
        Map<String, Api> apis = new LinkedHashMap<>();
        apis.put("dancu", new Population());
        apis.put("apiCSDLDKDN", new BusinessRegistration());
        apis.put("apiBHXH", new SocialInsurance());
        apis.put("hotich", civilStatus);
        apis.put("apiLienThongKSKT", civilStatus);
        apis.put("apiLyLichTuPhap", new JudicialRecord());
        apis.put("dmdc", new SharedCatalogues());
        apis.put("apiVNPostNGSP", new Postal());
        return apis;
    }
}
