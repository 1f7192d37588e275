package vn.lgsp.catalogue;

import java.time.LocalDate;
import java.util.Optional;
import vn.lgsp.message.AgencyCode;

/**
 * An agency (cơ quan, đơn vị) under its one code.
 *
 * @param validFrom first day on which the code is valid, if limited
 * @param validTo last day on which it is valid, if the code was closed
 * @see "ORG-01"
 */
public record Agency(AgencyCode code, String name, Optional<LocalDate> validFrom, Optional<LocalDate> validTo) {

    /** Whether the code is in force on {@code day}. */
    public boolean isOpenOn(LocalDate day) {
        return validFrom.map(first -> !day.isBefore(first)).orElse(true)
                && validTo.map(last -> !day.isAfter(last)).orElse(true);
    }
}
