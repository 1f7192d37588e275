package vn.lgsp.message;

/**
 * The name of an information system (hệ thống thông tin) in the registry.
 *
 * @param value kebab-case, at most 64 characters, such as {@code tax-office-portal}
 */
public record SystemId(String value) {
    public SystemId {
        Names.require("system id", value, Names.KEBAB, 64, "kebab-case, such as land-registry");
    }

    @Override
    public String toString() {
        return value;
    }
}
