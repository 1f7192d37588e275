package vn.lgsp.operate;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import vn.lgsp.message.ExchangeId;

final class NoRecords implements RecordsView {
    @Override
    public Optional<Map<String, Object>> find(ExchangeId exchange) {
        return Optional.empty();
    }

    @Override
    public List<Map<String, Object>> newest(Filter filter) {
        return List.of();
    }
}
