package vn.lgsp.source;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A value of a YAML document that knows the line on which it begins. */
public sealed interface Value {

    Place place();

    default int line() {
        return place().line();
    }

    /** What stands there, in words for people: one of {@code text, number, flag, list, fields, nothing}. */
    String what();

    /** The value of the field with this name; empty where there is none, or no fields at all. */
    default Optional<Value> at(String name) {
        return Optional.empty();
    }

    /** The values of a list; none where there is no list. */
    default List<Value> items() {
        return List.of();
    }

    /** The named values, in the order written; none where there are no fields. */
    default Map<String, Field> fields() {
        return Map.of();
    }

    /** A single value as written; empty text where there is none. */
    default String text() {
        return "";
    }

    /** The text of the field with this name; empty text where there is none. */
    default String textAt(String name) {
        return at(name).map(Value::text).orElse("");
    }

    /** One written value; {@code text} is as written, so that no leading zero is lost. */
    record Scalar(Place place, String text, String what) implements Value {
        static final String TEXT = "text";
        static final String NUMBER = "number";
        static final String BOOLEAN = "flag";

        public static Scalar text(Place place, String text) {
            return new Scalar(place, text, TEXT);
        }

        public static Scalar flag(Place place, boolean flag) {
            return new Scalar(place, String.valueOf(flag), BOOLEAN);
        }

        public boolean isText() {
            return what.equals(TEXT);
        }

        public boolean isFlag() {
            return what.equals(BOOLEAN);
        }
    }

    record Nothing(Place place) implements Value {
        @Override
        public String what() {
            return "nothing";
        }
    }

    record Items(Place place, List<Value> values) implements Value {
        @Override
        public String what() {
            return "list";
        }

        @Override
        public List<Value> items() {
            return values;
        }
    }

    record Fields(Place place, Map<String, Field> byName) implements Value {
        @Override
        public String what() {
            return "fields";
        }

        @Override
        public Map<String, Field> fields() {
            return byName;
        }

        @Override
        public Optional<Value> at(String name) {
            return Optional.ofNullable(byName.get(name)).map(Field::value);
        }
    }

    /**
     * A named value.
     *
     * @param place of the name; its value may begin later
     */
    record Field(Place place, Value value) {
        /** The line of the name. */
        public int line() {
            return place.line();
        }
    }
}
