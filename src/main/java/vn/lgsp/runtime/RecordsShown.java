package vn.lgsp.runtime;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Measured;
import vn.lgsp.operate.RecordsView;
import vn.lgsp.record.ExchangeRecord;
import vn.lgsp.record.RecordQuery;

/** Shows the records of the stage that keeps them to the operators, under the names of the reference page. */
final class RecordsShown implements RecordsView {
    private final RecordQuery records;

    RecordsShown(RecordQuery records) {
        this.records = records;
    }

    @Override
    public Optional<Map<String, Object>> find(ExchangeId exchange) {
        return records.find(exchange).map(RecordsShown::shown);
    }

    @Override
    public List<Map<String, Object>> newest(Filter filter) {
        RecordQuery.Filter asked = new RecordQuery.Filter(
                Optional.empty(),
                filter.correlation(),
                filter.service(),
                filter.system(),
                filter.onBehalfOf(),
                filter.outcome(),
                Optional.empty(),
                Optional.empty(),
                filter.limit());
        return records.list(asked).stream().map(RecordsShown::shown).toList();
    }

    private static Map<String, Object> shown(ExchangeRecord record) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("exchange", record.id().toString());
        fields.put("correlation", record.correlation());
        fields.put("receivedAt", record.receivedAt());
        put(fields, "closedAt", record.closedAt());
        put(fields, "durationMicros", record.duration().map(Duration::toNanos).map(nanos -> nanos / 1_000));
        fields.put("form", record.form());
        put(fields, "agency", record.agency().map(Object::toString));
        put(fields, "system", record.system().map(Object::toString));
        put(fields, "account", record.account());
        put(fields, "onBehalfOf", record.onBehalfOf().map(Object::toString));
        put(fields, "service", record.service().map(Object::toString));
        put(fields, "operation", record.operation());
        put(fields, "grant", record.grant());
        put(fields, "unit", record.unit());
        put(fields, "provider", record.provider().map(Object::toString));
        put(fields, "providerAgency", record.providerAgency().map(Object::toString));
        if (record.status() > 0) {
            fields.put("status", record.status());
        }
        put(fields, "result", record.result());
        put(fields, "outcome", record.outcome().map(outcome -> outcome.label()));
        put(fields, "error", record.error());
        put(fields, "partnerCode", record.partnerCode());
        put(fields, "failedAt", record.failedAt());
        put(fields, "requestBytes", record.request().map(Measured::bytes));
        put(fields, "requestDigest", record.request().map(Measured::hex));
        put(fields, "answerBytes", record.answer().map(Measured::bytes));
        put(fields, "answerDigest", record.answer().map(Measured::hex));
        if (record.count() > 1) {
            fields.put("count", record.count());
        }
        return fields;
    }

    private static void put(Map<String, Object> fields, String name, Optional<?> value) {
        value.ifPresent(there -> fields.put(name, there));
    }
}
