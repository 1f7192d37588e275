package vn.lgsp.command;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.source.Nearest;
import vn.lgsp.unit.Unit;

/**
 * A service as it is named on the command line: {@code land-parcel-lookup}, which means all its versions, or {@code
 * land-parcel-lookup/v2}.
 */
record ServiceChoice(String name, Optional<Integer> version) {
    private static final Pattern FORM = Pattern.compile("([a-z][a-z0-9-]*)(?:/v([1-9][0-9]{0,2}))?");

    /** Whether this could be a service at all; a file or a folder mostly could not. */
    static Optional<ServiceChoice> of(String text) {
        Matcher form = FORM.matcher(text);
        return form.matches()
                ? Optional.of(new ServiceChoice(
                        form.group(1), Optional.ofNullable(form.group(2)).map(Integer::valueOf)))
                : Optional.empty();
    }

    /**
     * The versions that are meant, in order.
     *
     * @throws IllegalArgumentException when there are none, with the nearest that there are
     */
    static List<Unit> among(List<Unit> units, String text) {
        List<Unit> found = units.stream()
                .filter(unit -> of(text).filter(
                                choice -> choice.fits(unit.card().key()))
                        .isPresent())
                .sorted(Comparator.comparingInt(unit -> unit.card().key().version()))
                .toList();
        if (found.isEmpty()) {
            throw new IllegalArgumentException("there is no service " + text + ": "
                    + (units.isEmpty()
                            ? "no service is there at all; ./lgsp new service makes one"
                            : suggestion(units, text)));
        }
        return found;
    }

    private static String suggestion(List<Unit> units, String text) {
        List<String> names =
                units.stream().map(unit -> unit.card().key().toString()).toList();
        List<String> ids =
                units.stream().map(unit -> unit.card().key().id().value()).toList();
        return Nearest.of(text, ids)
                .or(() -> Nearest.of(text, names))
                .map(near -> "did you mean " + near + "?")
                .orElse("there are " + String.join(", ", names));
    }

    boolean fits(ServiceKey service) {
        return service.id().value().equals(name)
                && version.map(number -> number == service.version()).orElse(true);
    }
}
