package vn.lgsp.message;

import vn.lgsp.failure.Rule;

/**
 * The name of an information system (hệ thống thông tin) in the registry.
 *
 * @param value kebab-case, at most 64 characters, such as {@code tax-office-portal}
 */
public record SystemId(String value) {
    public SystemId {
        Names.require(Rule.VALUE_SYSTEM, value, Names.KEBAB, 64);
    }

    @Override
    public String toString() {
        return value;
    }
}
