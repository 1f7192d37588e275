package vn.lgsp.hub;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** What can be set of one simulator, beside its faults. May be used by several threads. */
public final class Settings {
    private final String simulator;
    private final Map<String, Setting> forms;
    private final Map<String, String> values = new LinkedHashMap<>();

    /**
     * @param usual value
     * @param form that a value has
     * @param words the same for a person
     */
    record Setting(String usual, Pattern form, String words) {
        static Setting of(String usual, String form, String words) {
            return new Setting(usual, Pattern.compile(form), words);
        }

        static Setting oneOf(String usual, String... values) {
            return of(usual, String.join("|", values), String.join(" or ", values));
        }
    }

    Settings(String simulator, Map<String, Setting> forms) {
        this.simulator = simulator;
        this.forms = forms;
    }

    /**
     * Sets a value, which holds from the next call on.
     *
     * @throws IllegalArgumentException when there is no such setting here, or it does not take this value
     */
    public synchronized Settings put(String name, String value) {
        Setting form = Optional.ofNullable(forms.get(name))
                .orElseThrow(() -> new IllegalArgumentException(simulator + " has no such setting: "
                        + (forms.isEmpty() ? "it has none" : "write one of " + String.join(", ", forms.keySet()))));
        if (!form.form().matcher(value).matches()) {
            throw new IllegalArgumentException("the setting " + name + " of " + simulator
                    + " does not take the value it was given: write " + form.words());
        }
        values.put(name, value);
        return this;
    }

    /** The value that holds. */
    public synchronized String get(String name) {
        Setting form = Optional.ofNullable(forms.get(name))
                .orElseThrow(() -> new IllegalArgumentException(simulator + " has no setting " + name));
        return values.getOrDefault(name, form.usual());
    }

    /** The value that holds where nothing is set. */
    String usual(String name) {
        return Optional.ofNullable(forms.get(name)).map(Setting::usual).orElse("");
    }

    /** All values that hold. */
    public synchronized Map<String, String> all() {
        Map<String, String> all = new LinkedHashMap<>();
        forms.forEach((name, form) -> all.put(name, values.getOrDefault(name, form.usual())));
        return all;
    }

    synchronized void clear() {
        values.clear();
    }

    long number(String name) {
        return Long.parseLong(get(name));
    }
}
