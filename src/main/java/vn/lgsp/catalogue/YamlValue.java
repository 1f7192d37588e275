package vn.lgsp.catalogue;

import java.util.List;
import java.util.Map;

/** A value of a YAML document that knows the line on which it begins. */
sealed interface YamlValue {

    int line();

    /** What stands there, in words for people. */
    String what();

    /** One written value; {@code text} is as written, so that no leading zero is lost. */
    record Scalar(int line, String text, String what) implements YamlValue {
        static final String TEXT = "text";
        static final String NUMBER = "a number";
        static final String BOOLEAN = "true or false";
    }

    record Nothing(int line) implements YamlValue {
        @Override
        public String what() {
            return "nothing";
        }
    }

    record Items(int line, List<YamlValue> values) implements YamlValue {
        @Override
        public String what() {
            return "a list";
        }
    }

    record Fields(int line, Map<String, Field> byName) implements YamlValue {
        @Override
        public String what() {
            return "fields";
        }
    }

    /**
     * A named value.
     *
     * @param line of the name; its value may begin later
     */
    record Field(int line, YamlValue value) {}
}
