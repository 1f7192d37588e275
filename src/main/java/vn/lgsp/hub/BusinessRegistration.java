package vn.lgsp.hub;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.util.List;
import java.util.Optional;

/** Business registration: {@code {Data, DataCount, Status, Message}}, "1" being success. */
final class BusinessRegistration implements Api {
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("dd/MM/uuuu").withResolverStyle(ResolverStyle.STRICT);
    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("HH:mm").withResolverStyle(ResolverStyle.STRICT);
    private static final int MOST_DAYS = 5;

    private final List<ObjectNode> companies = List.of(
            company("0000000001", "CÔNG TY THỬ NGHIỆM", "Số 1 Phố Mẫu", "6201", "Lập trình máy vi tính"),
            company("0099000002", "HỘ KINH DOANH PHỞ MẪU", "Số 02 Phố Mẫu", "5610", "Nhà hàng, quán ăn"));
    private final List<ObjectNode> dossiers = List.of(
            dossier("0009900001", "0000000001", "3", "08:15", "15/01/2026"),
            dossier("0009900002", "0099000002", "1", "09:40", "15/01/2026"),
            dossier("0009900003", "0000000001", "5", "16:05", "17/01/2026"));

    @Override
    public Optional<Answer> answer(Call call, String operation) {
        if (!List.of("chiTietDoanhNghiep", "danhSachHoSoTrongNgay", "danhSachHoSo", "tinhTrangHoSo")
                .contains(operation)) {
            return Optional.empty();
        }
        call.operation(operation);
        if (!call.isGet()) {
            return Optional.of(Answer.notAllowed("GET"));
        }
        if (call.fails()) {
            return Optional.of(failure(call.failure("Hệ thống đăng ký kinh doanh đang bận")));
        }
        return Optional.of(
                switch (operation) {
                    case "chiTietDoanhNghiep" -> one(call, companies, "msdn", "ENTERPRISE_GDT_CODE");
                    case "tinhTrangHoSo" -> one(call, dossiers, "in_journal_no", "IN_JOURNAL_NO");
                    case "danhSachHoSo" -> betweenDays(call);
                    default -> betweenTimes(call);
                });
    }

    private static Answer one(Call call, List<ObjectNode> all, String parameter, String field) {
        String wanted = call.query(parameter);
        if (!call.check("parameter", !wanted.isEmpty(), parameter)) {
            return failure("Thiếu tham số " + parameter);
        }
        return all.stream()
                .filter(found -> found.findPath(field).asText().equals(wanted))
                .findFirst()
                .map(found -> Answer.json(Json.object()
                        .<ObjectNode>set("Data", found)
                        .put("DataCount", 1)
                        .put("Status", "1")
                        .put("Message", "")))
                .orElseGet(() -> failure("Không tìm thấy dữ liệu"));
    }

    private Answer betweenDays(Call call) {
        try {
            LocalDate from = LocalDate.parse(call.query("from_date"), DAY);
            LocalDate to = LocalDate.parse(call.query("to_date"), DAY);
            boolean right = !to.isBefore(from) && !to.isAfter(from.plusDays(MOST_DAYS));
            if (!call.check("days", right, "dd/MM/yyyy, at most " + MOST_DAYS + " days")) {
                return failure("Khoảng thời gian tối đa " + MOST_DAYS + " ngày");
            }
            return list(
                    call,
                    dossiers.stream()
                            .filter(dossier -> {
                                LocalDate day = LocalDate.parse(Json.text(dossier, "RECEIVED_DATE"), DAY);
                                return !day.isBefore(from) && !day.isAfter(to);
                            })
                            .toList());
        } catch (DateTimeParseException notADay) {
            call.check("days", false, "dd/MM/yyyy");
            return failure("Ngày không đúng định dạng dd/MM/yyyy");
        }
    }

    private Answer betweenTimes(Call call) {
        try {
            LocalTime from = LocalTime.parse(call.query("from_ts"), MINUTE);
            LocalTime to = LocalTime.parse(call.query("to_ts"), MINUTE);
            call.check("times", true, "HH:mm");
            return list(
                    call,
                    dossiers.stream()
                            .filter(dossier -> {
                                LocalTime time = LocalTime.parse(Json.text(dossier, "RECEIVED_TIME"), MINUTE);
                                return !time.isBefore(from) && !time.isAfter(to);
                            })
                            .toList());
        } catch (DateTimeParseException notATime) {
            call.check("times", false, "HH:mm");
            return failure("Giờ không đúng định dạng HH:mm");
        }
    }

    private static Answer list(Call call, List<ObjectNode> found) {
        int offset = number(call.query("offset"), 0);
        int limit = number(call.query("limit"), 100);
        ArrayNode data = Json.array();
        found.stream().skip(offset).limit(limit).forEach(dossier -> {
            data.add(dossier);
            if (call.has(Fault.DUPLICATE)) {
                data.add(dossier);
            }
        });
        return Answer.json(Json.object()
                .<ObjectNode>set("Data", data)
                .put("DataCount", data.size())
                .put("Status", "1")
                .put("Message", ""));
    }

    private static int number(String text, int usual) {
        return text.matches("[0-9]{1,6}") ? Integer.parseInt(text) : usual;
    }

    private static Answer failure(String message) {
        return Answer.json(Json.object()
                .putNull("Data")
                .put("DataCount", 0)
                .put("Status", "0")
                .put("Message", message));
    }

    private static ObjectNode company(String code, String name, String address, String trade, String tradeName) {
        ObjectNode company = Json.object();
        company.putObject("MainInformation")
                .put("ENTERPRISE_ID", "99" + code)
                .put("ENTERPRISE_GDT_CODE", code)
                .put("ENTERPRISE_TYPE_ID", "01")
                .put("ENTERPRISE_TYPE_NAME", "Công ty trách nhiệm hữu hạn")
                .put("NAME", name)
                .put("SHORT_NAME", "")
                .put("FOUNDING_DATE", "05/01/2020")
                .put("LAST_AMEND_DATE", "15/01/2026")
                .put("NUMBER_CHANGES", "02")
                .put("ENTERPRISE_STATUS", "1")
                .put("LEGAL_NAMES", "Người Dùng Thử Nghiệm")
                .put("CAPITAL_AMOUNT", "0100000000.50");
        company.putObject("HOAdress")
                .put("CityID", "99")
                .put("CityName", "Tỉnh Mẫu")
                .put("DistrictID", "009")
                .put("DistrictName", "Quận Đông")
                .put("WardID", "00991")
                .put("WardName", "Phường Thử Nghiệm")
                .put("StreetNumber", "01")
                .put("AddressFullText", address);
        company.putArray("BusinessActivity")
                .addObject()
                .put("CODE", trade)
                .put("NAME", tradeName)
                .put("IS_MAIN", "Y");
        company.putArray("Member")
                .addObject()
                .put("MEMBER_NAME", "Người Dùng Thử Nghiệm")
                .put("AMOUNT", "0100000000.50")
                .put("RATIO_PERCENT", "100.00")
                .put("COUNTRY", "VN");
        company.putObject("Representatives").put("FULL_NAME", "Người Dùng Thử Nghiệm");
        return company;
    }

    private static ObjectNode dossier(String number, String company, String status, String time, String day) {
        return Json.object()
                .put("IN_JOURNAL_NO", number)
                .put("DOCUMENT_TYPE", "01")
                .put("ENTERPRISE_CODE", company)
                .put("PROCESS_STATUS", status)
                .put("RECEIVED_DATE", day)
                .put("RECEIVED_TIME", time)
                .put("CONTACT_NAME", "Người Dùng Thử Nghiệm")
                .put("CONTACT_PHONE", "0");
    }
}
