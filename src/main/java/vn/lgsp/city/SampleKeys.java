package vn.lgsp.city;

import java.util.List;

/**
 * The sample city's keys in clear: the one place that holds them, so that {@code lgsp run} can show them. The registry holds
 * only their hashes. Everybody knows them, therefore a bus that accepts them stays on loopback.
 */
public final class SampleKeys {

    /**
     * One account of the sample city.
     *
     * @param system that it belongs to
     * @param key as the caller sends it
     * @param may what it may do, in English
     */
    public record SampleKey(String system, String key, String may) {}

    /** May use all three services. */
    public static final SampleKey TAX_OFFICE =
            new SampleKey("tax-office-portal", "sample-key-tax-office", "use all three services");

    /** Known, but nobody has granted it anything. */
    public static final SampleKey HEALTH =
            new SampleKey("health-records", "sample-key-health", "use nothing: no grant");

    /** Had a grant for the citizen lookup, which has ended. */
    public static final SampleKey CONSTRUCTION =
            new SampleKey("construction-permits", "sample-key-construction", "use nothing: its grant has ended");

    /** The account that signs in to the console. */
    public static final String OPERATOR = "operator";

    public static final String OPERATOR_PASSWORD = "sample-password-operator";

    private SampleKeys() {}

    public static List<SampleKey> all() {
        return List.of(TAX_OFFICE, HEALTH, CONSTRUCTION);
    }
}
