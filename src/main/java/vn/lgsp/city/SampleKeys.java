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

    /** May use the lookups and the archive, by REST and by messages. */
    public static final SampleKey TAX_OFFICE =
            new SampleKey("tax-office-portal", "sample-key-tax-office", "use the two lookups and the archive");

    /** Known, but nobody has granted it anything. */
    public static final SampleKey HEALTH =
            new SampleKey("health-records", "sample-key-health", "use nothing: no grant");

    /** Had a grant for the citizen lookup, which has ended. */
    public static final SampleKey CONSTRUCTION =
            new SampleKey("construction-permits", "sample-key-construction", "use nothing: its grant has ended");

    /** The registry of civil status, which hands its notices over by SOAP. */
    public static final SampleKey CIVIL_REGISTRY =
            new SampleKey("civil-registry", "sample-key-civil-registry", "send birth notices, over SOAP");

    /** Signs in to the broker, as {@code civil-archive-broker}. */
    public static final SampleKey CIVIL_ARCHIVE =
            new SampleKey("civil-archive", "sample-key-civil-archive", "take messages from its own queue");

    /** The national data platform, which asks for what the city shares. */
    public static final SampleKey NDXP =
            new SampleKey("ndxp", "sample-key-ndxp", "use the parcel lookup, from outside");

    /** Keeps the city's tables of codes. */
    public static final SampleKey CITY_CATALOGUES =
            new SampleKey("city-catalogues", "sample-key-city-catalogues", "read the shared catalogues");

    /** The one-stop desk, whose dossiers go to the public service portal. */
    public static final SampleKey ONE_STOP =
            new SampleKey("one-stop", "sample-key-one-stop", "hand dossiers over to the portal");

    /** The public service portal, which sends dossiers and notices. */
    public static final SampleKey PORTAL = new SampleKey("portal", "sample-key-portal", "send dossiers, from outside");

    /** The document system of the city's office; its systemid and secret for the forms of the document axis are in the registry. */
    public static final SampleKey OFFICE =
            new SampleKey("office-documents", "sample-key-office-documents", "exchange documents, and collect them");

    /** The account that signs in to the console. */
    public static final String OPERATOR = "operator";

    public static final String OPERATOR_PASSWORD = "sample-password-operator";

    private SampleKeys() {}

    public static List<SampleKey> all() {
        return List.of(
                TAX_OFFICE,
                HEALTH,
                CONSTRUCTION,
                CIVIL_REGISTRY,
                CIVIL_ARCHIVE,
                NDXP,
                CITY_CATALOGUES,
                ONE_STOP,
                PORTAL,
                OFFICE);
    }
}
