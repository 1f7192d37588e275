package vn.lgsp.city;

import vn.lgsp.message.Range;

/**
 * Whether the sample city runs, and on which ports of 127.0.0.1 its systems listen.
 *
 * @param enabled whether {@code lgsp run} starts it; default true
 * @param populationPort 1 to 65535, default 18091
 * @param landEastPort 1 to 65535, default 18092
 * @param landWestPort 1 to 65535, default 18093
 * @param archivePort 1 to 65535, default 18094
 * @param socialInsurancePort 0 to 65535, 0 being a free one; default 18095
 * @param civilArchivePort where the civil archive shows what it took from its queue; 0 to 65535, 0 being a free one; default 18096
 * @param hubPort where the simulators of the national platforms listen; 0 to 65535, 0 being a free one; default 18097
 */
public record CitySettings(
        boolean enabled,
        int populationPort,
        int landEastPort,
        int landWestPort,
        int archivePort,
        int socialInsurancePort,
        int civilArchivePort,
        int hubPort) {
    public CitySettings {
        Range.within("lgsp.city.population-port", populationPort, 1, 65_535);
        Range.within("lgsp.city.land-east-port", landEastPort, 1, 65_535);
        Range.within("lgsp.city.land-west-port", landWestPort, 1, 65_535);
        Range.within("lgsp.city.archive-port", archivePort, 1, 65_535);
        Range.within("lgsp.city.social-insurance-port", socialInsurancePort, 0, 65_535);
        Range.within("lgsp.city.civil-archive-port", civilArchivePort, 0, 65_535);
        Range.within("lgsp.city.hub-port", hubPort, 0, 65_535);
    }

    public static CitySettings defaults() {
        return new CitySettings(true, 18091, 18092, 18093, 18094, 18095, 18096, 18097);
    }
}
