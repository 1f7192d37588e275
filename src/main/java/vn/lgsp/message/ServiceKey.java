package vn.lgsp.message;

/**
 * One version of a service. Two versions may run side by side.
 *
 * @param id the service
 * @param version its major version, 1 to 999, as in {@code /api/{service}/v1}
 */
public record ServiceKey(ServiceId id, int version) {
    public ServiceKey {
        if (version < 1 || version > 999) {
            throw new IllegalArgumentException("version " + version + " of " + id + " is not valid: write 1 to 999");
        }
    }

    @Override
    public String toString() {
        return id.value() + "/v" + version;
    }
}
