package vn.lgsp.runtime;

import java.util.List;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.operate.RunsView;
import vn.lgsp.receive.ScheduleReceiver;

/** Shows the runs of schedules to the operators. */
final class RunsShown implements RunsView {
    private final ScheduleReceiver schedules;

    RunsShown(ScheduleReceiver schedules) {
        this.schedules = schedules;
    }

    @Override
    public List<Run> list(ServiceKey service, int limit) {
        return schedules.runs(service, limit).stream()
                .map(run -> new Run(
                        run.due(),
                        run.by(),
                        run.begun(),
                        run.ended(),
                        state(run),
                        run.exchange(),
                        run.error(),
                        run.reading()
                                .map(reading -> new Reading(
                                        reading.round(),
                                        reading.whole(),
                                        reading.resumed(),
                                        reading.pages(),
                                        reading.items(),
                                        reading.watermark(),
                                        reading.total()))))
                .toList();
    }

    private static String state(ScheduleReceiver.Run run) {
        String open = run.reading().filter(reading -> reading.resumed() > 0).isPresent() ? "resumed" : "running";
        return run.result()
                .map(result -> switch (result) {
                    case "00" -> "done";
                    case "01" -> "failed";
                    default -> result;
                })
                .orElse(open);
    }

    @Override
    public boolean begin(ServiceKey service, String operator, boolean whole) {
        return schedules.wish(service, operator, whole);
    }
}
