package vn.lgsp.parse;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.TSFBuilder;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ValueNode;
import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * Readers of JSON: depth, numbers and names are bounded. {@code ArchitectureTest} lets nobody else make one.
 *
 * @see "SEC-01"
 */
public final class JsonParsers {
    /** How deep objects and arrays may lie in each other. */
    public static final int DEEPEST = 64;

    /** How many characters a number may be written with. */
    public static final int LONGEST_NUMBER = 1_000;

    /** How many characters a name may have. */
    public static final int LONGEST_NAME = 1_000;

    /** Powers of ten beyond this are no quantity of this world, but a few bytes of them cost gigabytes to write out. */
    public static final int WIDEST_EXPONENT = 1_000;

    private static final JsonMapper CONTENT = JsonMapper.builder(bounded(DEEPEST))
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .nodeFactory(new ExactNumbers())
            .build();

    private JsonParsers() {}

    /** A number with an exponent that cannot be worked with; what was read says no more. */
    public static final class NumberTooWide extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Reads and writes content: every digit stays, and a member that an object names twice is refused. */
    public static JsonMapper content() {
        return CONTENT;
    }

    /** Reads and writes what the bus itself keeps and tells. A new one each time, which its owner may set further. */
    public static JsonMapper own() {
        return new JsonMapper(bounded(DEEPEST));
    }

    /** Reads content piece by piece; a member that an object names twice is refused. */
    public static JsonFactory pieces() {
        return pieces(DEEPEST);
    }

    /** The same of a piece that will stand inside of another document. */
    public static JsonFactory pieces(int deepest) {
        return bounded(deepest, StreamReadFeature.STRICT_DUPLICATE_DETECTION);
    }

    private static JsonFactory bounded(int deepest, StreamReadFeature... features) {
        TSFBuilder<?, ?> builder = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(deepest)
                        .maxNumberLength(LONGEST_NUMBER)
                        .maxNameLength(LONGEST_NAME)
                        .build())
                .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8);
        for (StreamReadFeature feature : features) {
            builder.enable(feature);
        }
        return builder.build();
    }

    /** Keeps every digit, and keeps numbers in a range that can be worked with. */
    private static final class ExactNumbers extends JsonNodeFactory {
        private static final long serialVersionUID = 1L;

        /** As a decimal, because jq adds integers beyond 64 bits without noticing that they overflow. */
        @Override
        public ValueNode numberNode(BigInteger value) {
            return DecimalNode.valueOf(new BigDecimal(value));
        }

        @Override
        public ValueNode numberNode(BigDecimal value) {
            if (Math.abs((long) value.scale()) > WIDEST_EXPONENT) {
                throw new NumberTooWide();
            }
            return DecimalNode.valueOf(value);
        }
    }
}
