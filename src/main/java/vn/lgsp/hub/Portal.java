package vn.lgsp.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** The national public service portal behind its adapter: a session in the body, {@code {error_code, result}}. */
final class Portal implements Simulator {
    private static final Pattern DESTINATION = Pattern.compile("VN:GOV:000\\.00\\.00\\.G22:[A-Za-z0-9._-]+");
    private static final Pattern BASE = Pattern.compile("^/+(?:(?:XrdAdapter|VXPAdapter)/RestService/forward/)?");
    private static final int MOST = 10_000;
    private static final int WRONG_LOGIN = 1;
    private static final int WRONG_DATA = 2;
    private static final int WRONG_SERVICE = 3;
    private static final int WRONG_ADDRESS = 4;
    private static final int NO_SESSION = 5;
    private static final List<String> READ = List.of(
            "LayThuTuc",
            "LayDanhSachTTHC",
            "LayDanhMucCoQuan",
            "LayDanhMucLinhVuc",
            "TraCuuHoSo",
            "LayDanhSachHoiDapGuiTuDVCQG",
            "LayDanhSachHoiDapBoCoQuan",
            "LayNoiDungTraLoiTheoCauHoi",
            "TraCuuTechID");
    private static final List<String> WRITE =
            List.of("DongBoHoSoMC", "CapNhatTienDoHoSoMC", "DongBoHoiDap", "DongBoKetQuaHoiDapGuiTuDVCQG");

    private final Settings settings;
    private final Map<String, Instant> sessions = new LinkedHashMap<>();
    private final Map<String, ObjectNode> dossiers = new LinkedHashMap<>();
    /** What the city has asked and answered, by the id of the question. */
    private final Map<String, JsonNode> questions = new LinkedHashMap<>();

    private final Map<String, JsonNode> answers = new LinkedHashMap<>();

    Portal(Settings settings) {
        this.settings = settings;
    }

    @Override
    public Answer answer(Call call) {
        String path = BASE.matcher(call.path()).replaceFirst("");
        boolean login = path.equals(settings.get("path-auth")) || path.equals("bndp/public/v1/login");
        boolean share = path.equals(settings.get("path-share"));
        boolean integration = path.equals(settings.get("path-integration"));
        if (!login && !share && !integration) {
            return Answer.notFound();
        }
        call.operation(login ? "login" : path);
        if (!call.isPost()) {
            return Answer.notAllowed("POST");
        }
        String destination = call.header("dstcode").isEmpty() ? call.query("dstcode") : call.header("dstcode");
        if (!call.check("dstcode", DESTINATION.matcher(destination).matches(), "VN:GOV:000.00.00.G22:<subsystem>")) {
            return failure(WRONG_ADDRESS);
        }
        Optional<ObjectNode> asked = Json.object(call.body());
        if (!call.check("JSON", asked.isPresent(), "an object")) {
            return failure(WRONG_DATA);
        }
        return login ? login(call, asked.get()) : service(call, asked.get(), integration);
    }

    private Answer login(Call call, ObjectNode asked) {
        boolean right = Json.text(asked, "username").equals(PopulationDoor.USER)
                && Digests.exactly(Json.text(asked, "password"), PopulationDoor.SECRET)
                && !call.has(Fault.WRONG_SIGNATURE);
        if (!call.check("user name and password", right, right ? "right" : "not known")) {
            return Answer.json(Json.object().put("session", "").put("error_code", WRONG_LOGIN));
        }
        String session = UUID.randomUUID().toString();
        sessions.put(session, call.now().plusSeconds(settings.number("session-life")));
        if (sessions.size() > MOST) {
            sessions.remove(sessions.keySet().iterator().next());
        }
        return Answer.json(Json.object().put("session", session).put("error_code", 0));
    }

    private Answer service(Call call, ObjectNode asked, boolean integration) {
        String service = Json.text(asked, "service");
        List<String> offered = integration ? WRITE : READ;
        if (call.check("service", offered.contains(service), integration ? "one that writes" : "one that reads")) {
            call.operation(service);
        } else {
            return failure(WRONG_SERVICE);
        }
        String session = Json.text(asked, "session");
        if (call.has(Fault.EXPIRED_TOKEN)) {
            sessions.remove(session);
        }
        Instant end = sessions.getOrDefault(session, Instant.MIN);
        if (!call.check("session", call.now().isBefore(end), end == Instant.MIN ? "not known" : "lives")) {
            sessions.remove(session);
            return failure(NO_SESSION);
        }
        if (!call.check("madonvi", !Json.text(asked, "madonvi").isEmpty(), "is there")) {
            return failure(WRONG_DATA);
        }
        if (call.fails()) {
            String code = call.failure("99");
            return failure(code.matches("[0-9]{1,9}") ? Integer.parseInt(code) : 99);
        }
        return integration ? write(call, service, asked) : success(read(call, service, asked));
    }

    private ArrayNode read(Call call, String service, ObjectNode asked) {
        ArrayNode result = Json.array();
        switch (service) {
            case "LayThuTuc", "LayDanhSachTTHC" -> {
                ObjectNode procedure =
                        result.addObject().put("MATTHC", "0.000000").put("TENTTHC", "Thủ tục thử nghiệm");
                procedure
                        .putArray("LINHVUCTHUCHIEN")
                        .addObject()
                        .put("MALINHVUC", "G99-LV01")
                        .put("TENLINHVUC", "Lĩnh vực thử nghiệm");
            }
            case "LayDanhMucCoQuan" ->
                result.addObject()
                        .put("MADONVI", "000.00.01.H99")
                        .put("TENDONVI", "Sở Khoa học và Công nghệ thành phố Mẫu")
                        .put("CAPDONVI", "2");
            case "LayDanhMucLinhVuc" ->
                result.addObject().put("MALINHVUC", "G99-LV01").put("TENLINHVUC", "Lĩnh vực thử nghiệm");
            case "TraCuuHoSo" ->
                Optional.ofNullable(dossiers.get(Json.text(asked, "mahoso"))).ifPresent(result::add);
            case "TraCuuTechID" -> result.addObject().put("TECHID", "TECH-099-0001");
            case "LayDanhSachHoiDapGuiTuDVCQG" ->
                result.addObject().put("CAUHOIID", "CH-1").put("NOIDUNG", "Câu hỏi thử nghiệm");
            case "LayDanhSachHoiDapBoCoQuan" -> questions.values().forEach(result::add);
            default ->
                Optional.ofNullable(answers.get(Json.text(asked, "cauhoiid"))).ifPresent(result::add);
        }
        if (call.has(Fault.DUPLICATE)) {
            result.addAll(result.deepCopy());
        }
        return result;
    }

    private Answer write(Call call, String service, ObjectNode asked) {
        JsonNode data = asked.path("data");
        if (!call.check("data", data.isArray() && !data.isEmpty(), "an array")) {
            return failure(WRONG_DATA);
        }
        boolean dossier = service.equals("DongBoHoSoMC");
        boolean progress = service.equals("CapNhatTienDoHoSoMC");
        boolean updating = Json.text(asked, "isUpdating").equals("True");
        if (dossier
                && !call.check(
                        "isUpdating", updating || Json.text(asked, "isUpdating").equals("False"), "True or False")) {
            return failure(WRONG_DATA);
        }
        for (JsonNode item : data) {
            boolean known = dossiers.containsKey(Json.text(item, "MaHoSo"));
            boolean right = dossier
                    ? isDossier(call, item) && (!updating || known)
                    : !progress || isProgress(call, item) && known;
            if (!call.check("MaHoSo", right, "is known where it has to be")) {
                return failure(WRONG_DATA);
            }
        }
        for (JsonNode item : data) {
            if (dossier) {
                dossiers.put(Json.text(item, "MaHoSo"), item.deepCopy());
                if (dossiers.size() > MOST) {
                    dossiers.remove(dossiers.keySet().iterator().next());
                }
            } else if (!progress) {
                Map<String, JsonNode> kept = service.equals("DongBoHoiDap") ? questions : answers;
                kept.put(Json.text(item, "cauhoiid"), item.deepCopy());
                if (kept.size() > MOST) {
                    kept.remove(kept.keySet().iterator().next());
                }
            } else {
                Optional.ofNullable(dossiers.get(Json.text(item, "MaHoSo")))
                        .ifPresent(known -> known.put("TrangThaiHoSo", Json.text(item, "TrangThai")));
            }
        }
        return success(Json.array());
    }

    private static boolean isDossier(Call call, JsonNode item) {
        List<String> missing =
                Json.missing(item, "MaHoSo", "MaTTHC", "ChuHoSo", "LoaiDoiTuong", "NgayTiepNhan", "TrangThaiHoSo");
        return call.check("fields", missing.isEmpty(), "missing: " + missing)
                && isTime(call, item, "NgayTiepNhan")
                && (Json.text(item, "NgayHenTra").isEmpty() || isTime(call, item, "NgayHenTra"))
                && isState(call, Json.text(item, "TrangThaiHoSo"));
    }

    private static boolean isProgress(Call call, JsonNode item) {
        List<String> missing = Json.missing(item, "MaHoSo", "NguoiXuLy", "ThoiDiemXuLy", "TrangThai");
        return call.check("fields", missing.isEmpty(), "missing: " + missing)
                && isTime(call, item, "ThoiDiemXuLy")
                && isState(call, Json.text(item, "TrangThai"));
    }

    private static boolean isTime(Call call, JsonNode item, String field) {
        return call.check(field, Json.text(item, field).matches("[0-9]{14}"), "yyyyMMddHHmmss");
    }

    private static boolean isState(Call call, String state) {
        return call.check("state", state.matches("[1-9]|10"), "1 to 10");
    }

    private static Answer success(ArrayNode result) {
        return Answer.json(Json.object().put("error_code", 0).<ObjectNode>set("result", result));
    }

    private static Answer failure(int code) {
        return Answer.json(Json.object().put("error_code", code).<ObjectNode>set("result", Json.array()));
    }
}
