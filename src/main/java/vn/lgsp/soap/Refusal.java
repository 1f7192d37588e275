package vn.lgsp.soap;

import vn.lgsp.failure.BusException;

/** Makes the failure of whoever sent an envelope that cannot be taken: whose it is, only the stage that reads it knows. */
@FunctionalInterface
public interface Refusal {

    /**
     * @param fault in SOAP's own words
     * @param what goes on after "the request": a rule and a place, never content (MSG-09)
     */
    BusException of(Fault fault, String what);
}
