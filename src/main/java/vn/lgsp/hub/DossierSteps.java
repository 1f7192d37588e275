package vn.lgsp.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiPredicate;
import java.util.regex.Pattern;

/**
 * The six-step dialect of the public service portal: a token, the next dossier number, a file, the dossier, its progress, its state. Files
 * go by reference. An answer is what was asked for, with an {@code error_code} beside; the paths are settings.
 */
final class DossierSteps implements Simulator {
    private static final int MOST = 10_000;
    private static final int WRONG_DATA = 2;
    private static final int WRONG_NUMBER = 3;
    private static final int WRONG_FILE = 4;
    private static final int NO_DOSSIER = 5;
    private static final int DOSSIER_KNOWN = 6;
    private static final ZoneId CITY = ZoneId.of("Asia/Ho_Chi_Minh");
    private static final Pattern NUMBER = Pattern.compile("[A-Z][A-Z0-9]*(\\.[A-Z0-9]+)*-[0-9]{8}-[0-9]{7}");
    private static final Pattern UNIT = Pattern.compile("[A-Z][A-Z0-9]*(\\.[A-Z0-9]+)*");
    /** The two forms of times. */
    private static final Pattern TIME = Pattern.compile("[0-9]{4}-[01][0-9]-[0-3][0-9]( [0-2][0-9](:[0-5][0-9]){2}"
            + "|T[0-2][0-9](:[0-5][0-9]){2}\\.[0-9]{3}(Z|[+-][0-9]{2}:[0-9]{2})?)");

    private final TokenGate gate;
    private final Settings settings;
    private final Set<String> numbers = new HashSet<>();
    /** Digests of files, by their ids. */
    private final Map<String, String> files = new LinkedHashMap<>();

    private final Map<String, Dossier> dossiers = new LinkedHashMap<>();
    private int lastNumber;
    private String last = "";

    /** What has been made under a number. */
    private static final class Dossier {
        private final String id;
        private final JsonNode content;
        private final List<JsonNode> progress = new ArrayList<>();

        Dossier(String id, JsonNode content) {
            this.id = id;
            this.content = content;
        }
    }

    DossierSteps(TokenGate gate, Settings settings) {
        this.gate = gate;
        this.settings = settings;
    }

    @Override
    public Answer answer(Call call) {
        String path = call.path().replaceFirst("^/+", "");
        if (path.equals("token")) {
            return gate.token(call);
        }
        Optional<String> step = List.of("number", "file", "create", "progress", "state").stream()
                .filter(name -> settings.get("path-" + name).equals(path))
                .findFirst();
        if (step.isEmpty()) {
            return Answer.notFound();
        }
        call.operation(step.get());
        Optional<Answer> refused = gate.refusal(call);
        if (refused.isPresent()) {
            return refused.get();
        }
        if (!call.isPost() && !(step.get().equals("number") && call.isGet())) {
            return Answer.notAllowed("POST");
        }
        if (call.fails()) {
            String code = call.failure("99");
            return failure(code.matches("[0-9]{1,9}") ? Integer.parseInt(code) : 99);
        }
        return switch (step.get()) {
            case "number" -> number(call);
            case "file" -> file(call);
            case "create" -> create(call);
            case "progress" -> each(call, this::progress);
            default -> each(call, (asked, item) -> true);
        };
    }

    private Answer number(Call call) {
        String named = call.isGet()
                ? call.query("MaDonVi")
                : Json.object(call.body())
                        .map(asked -> Json.text(asked, "MaDonVi"))
                        .orElse("");
        if (!call.check("MaDonVi", UNIT.matcher(named).matches(), "a unit")) {
            return failure(WRONG_DATA);
        }
        if (last.isEmpty() || !call.has(Fault.DUPLICATE)) {
            last = "%s-%s-%07d"
                    .formatted(
                            named,
                            DateTimeFormatter.BASIC_ISO_DATE.format(LocalDate.ofInstant(call.now(), CITY)),
                            ++lastNumber);
            numbers.add(last);
        }
        return success(Json.object().put("MaHoSo", last));
    }

    private Answer file(Call call) {
        List<byte[]> sent = Multipart.read(call.header("Content-Type"), call.body())
                .map(form -> form.all("files"))
                .orElse(List.of());
        if (!call.check("files", !sent.isEmpty(), "a part of multipart/form-data")) {
            return failure(WRONG_DATA);
        }
        ArrayNode taken = Json.array();
        for (byte[] content : sent) {
            String id = UUID.randomUUID().toString();
            files.put(id, Digests.sha256(content));
            if (files.size() > MOST) {
                files.remove(files.keySet().iterator().next());
            }
            taken.addObject().put("IdTepTin", id).put("HashTepTin", Digests.sha256(content));
        }
        return success(
                taken.size() == 1 ? (ObjectNode) taken.get(0) : Json.object().set("result", taken));
    }

    private Answer create(Call call) {
        Optional<ObjectNode> asked = Json.object(call.body());
        if (asked.isEmpty() || !isDossier(call, asked.get())) {
            call.check("JSON", asked.isPresent(), "an object");
            return failure(WRONG_DATA);
        }
        String number = Json.text(asked.get(), "MaHoSo");
        if (!call.check("MaHoSo", NUMBER.matcher(number).matches() && numbers.contains(number), "one that was given")) {
            return failure(WRONG_NUMBER);
        }
        if (!areFiles(call, asked.get())) {
            return failure(WRONG_FILE);
        }
        String again = settings.get("same-dossier");
        Optional<Dossier> known = Optional.ofNullable(dossiers.get(number)).filter(made -> !again.equals("each"));
        call.check("new dossier", known.isEmpty(), known.isEmpty() ? "is made" : "there is one of this number");
        if (known.isPresent() && (again.equals("refuse") || !known.get().content.equals(asked.get()))) {
            return failure(DOSSIER_KNOWN);
        }
        Dossier kept = known.orElseGet(() -> new Dossier(UUID.randomUUID().toString(), asked.get()));
        dossiers.put(number, kept);
        if (dossiers.size() > MOST) {
            dossiers.remove(dossiers.keySet().iterator().next());
        }
        return success(Json.object().put("IdHoSo", kept.id).put("MaHoSo", number));
    }

    private static boolean isDossier(Call call, ObjectNode asked) {
        List<String> missing = Json.missing(asked, "MaHoSo", "MaTTHC", "LoaiDoiTuong", "NgayTiepNhan", "TrangThaiHoSo");
        return call.check("fields", missing.isEmpty(), "missing: " + missing)
                && call.check(
                        "LoaiDoiTuong", Json.text(asked, "LoaiDoiTuong").matches("[0-2]"), "0 citizen, 1 enterprise, 2")
                && code(call, asked, "HinhThucThu", "[124]")
                && code(call, asked, "TrangThaiThanhToan", "[01]")
                && call.check("NgayTiepNhan", isTime(asked, "NgayTiepNhan"), "one of the two forms")
                && isState(call, Json.text(asked, "TrangThaiHoSo"))
                && call.check(
                        "ThongTinChiTiet",
                        asked.path("ThongTinNguoiNop").path("ThongTinChiTiet").isObject(),
                        "an object in ThongTinNguoiNop");
    }

    private static boolean code(Call call, JsonNode asked, String field, String form) {
        return !asked.has(field) || call.check(field, Json.text(asked, field).matches(form), form);
    }

    private boolean areFiles(Call call, ObjectNode asked) {
        for (JsonNode component : asked.path("ThanhPhanHoSo")) {
            if (!code(call, component, "LoaiBan", "[0-2]")) {
                return false;
            }
            for (JsonNode paper : component.path("GiayToDinhKem")) {
                boolean same =
                        Json.text(paper, "HashTepTin").equals(files.getOrDefault(Json.text(paper, "IdGiayTo"), "-"));
                if (!call.check(
                        "GiayToDinhKem", same && !Json.text(paper, "TenGiayTo").isEmpty(), "a file of before")) {
                    return false;
                }
            }
        }
        return call.check("ThanhPhanHoSo", asked.path("ThanhPhanHoSo").isArray(), "an array");
    }

    /** An array, of which all is done or nothing. */
    private Answer each(Call call, BiPredicate<Call, JsonNode> work) {
        JsonNode items = Json.read(call.body()).orElseGet(Json::array);
        if (!call.check("items", items.isArray() && !items.isEmpty(), "an array")) {
            return failure(WRONG_DATA);
        }
        for (JsonNode item : items) {
            if (!call.check("dossier", dossier(item).isPresent(), "is known by number, and by id where there is one")) {
                return failure(NO_DOSSIER);
            }
            if (!isState(call, Json.text(item, "TrangThai"))) {
                return failure(WRONG_DATA);
            }
        }
        boolean right = true;
        for (JsonNode item : items) {
            right &= work.test(call, item);
        }
        return right ? success(Json.object()) : failure(WRONG_DATA);
    }

    private Optional<Dossier> dossier(JsonNode item) {
        String id = Json.text(item, item.has("IdHoSo") ? "IdHoSo" : "IDHoSo");
        return Optional.ofNullable(dossiers.get(Json.text(item, "MaHoSo")))
                .filter(dossier -> id.isEmpty() || id.equals(dossier.id));
    }

    private boolean progress(Call call, JsonNode item) {
        if (!call.check("ThoiDiemXuLy", isTime(item, "ThoiDiemXuLy"), "one of the two forms")) {
            return false;
        }
        List<JsonNode> known = dossier(item).orElseThrow().progress;
        boolean fresh = !known.contains(item);
        call.check("new progress", fresh, fresh ? "is kept" : "is kept already");
        if (fresh && known.size() < MOST) {
            known.add(item);
        }
        return true;
    }

    private static boolean isTime(JsonNode item, String field) {
        return TIME.matcher(Json.text(item, field)).matches();
    }

    private static boolean isState(Call call, String state) {
        return call.check("state", state.matches("[1-9]|10"), "1 to 10");
    }

    private static Answer success(ObjectNode answer) {
        return Answer.json(answer.put("error_code", 0));
    }

    private static Answer failure(int code) {
        return Answer.json(Json.object().put("error_code", code).put("message", "Không thành công"));
    }
}
