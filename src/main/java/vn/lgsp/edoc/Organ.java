package vn.lgsp.edoc;

/**
 * An organisation that sends or receives. Texts that a packet leaves out are empty here.
 *
 * @param inCharge the organisation above it
 */
public record Organ(
        OrganId id,
        String inCharge,
        String name,
        String address,
        String email,
        String telephone,
        String fax,
        String website) {

    /** With the three texts that every packet has. */
    public static Organ of(String id, String inCharge, String name) {
        return new Organ(new OrganId(id), inCharge, name, "", "", "", "", "");
    }
}
