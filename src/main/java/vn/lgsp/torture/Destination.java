package vn.lgsp.torture;

/** Where a notice has to arrive. */
enum Destination {
    SOCIAL_INSURANCE("social-insurance"),
    CIVIL_ARCHIVE("civil-archive");

    private final String system;

    Destination(String system) {
        this.system = system;
    }

    /** The system's name in the registry. */
    String system() {
        return system;
    }
}
