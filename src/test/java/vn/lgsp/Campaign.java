package vn.lgsp;

/**
 * How much of something that could always be more. {@code ./mvnw verify} does the little, {@code ./mvnw verify -Pcampaigns} the much, and
 * what is tagged {@link #TAG} besides; a property of its own says any other number.
 */
public final class Campaign {
    /** Of what {@code verify} leaves out. */
    public static final String TAG = "campaign";

    private static final boolean CAMPAIGN = Boolean.getBoolean("lgsp.campaigns");

    private Campaign() {}

    public static boolean isOn() {
        return CAMPAIGN;
    }

    /** The value of the property, where it is given. */
    public static int size(String property, int little, int much) {
        return Integer.getInteger(property, CAMPAIGN ? much : little);
    }
}
