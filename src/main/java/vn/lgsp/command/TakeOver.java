package vn.lgsp.command;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import vn.lgsp.message.UnitKey;

/**
 * Brings a table that has been written into force in all services that use it, or puts the file back as it was.
 *
 * <p>A bus that is late, or breaks off, may have done it all the same: then it is asked what is in force, and only what it is known not to
 * have done is put back. Where that cannot be known the new file stays, for it was checked, and the operator is told what to do.
 */
final class TakeOver {
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final ManagementClient bus;
    private final CodeTableFiles.Known known;
    private final Map<String, String> wanted;
    private final Duration patience;

    /**
     * @param known the table as it was
     * @param wanted the services that use it, and what they are with the file as it is now: digests of units
     * @param patience how long a bus that has not said what came of it is asked what is in force
     */
    TakeOver(ManagementClient bus, CodeTableFiles.Known known, Map<String, String> wanted, Duration patience) {
        this.bus = bus;
        this.known = known;
        this.wanted = Map.copyOf(wanted);
        this.patience = patience;
    }

    /**
     * Comes back when all is in force.
     *
     * @param why for the ledger, like no other reason in it
     * @throws IOException when the bus says no or is away, and the file is as it was; or when it cannot be known
     * @throws IllegalArgumentException when a service is not in force with it; the file is as it was
     */
    void intoForce(String why) throws IOException, InterruptedException {
        Optional<IOException> unheard = order(why);
        Optional<String> missing = missing(why, unheard);
        if (missing.isPresent()) {
            putBack();
            throw new IllegalArgumentException(missing.get() + " did not come into force with it, so " + known.told()
                    + " is as it was: ./lgsp list tells why." + takenBack(why) + " Is the folder of "
                    + known.path().toAbsolutePath() + " the home of this bus?");
        }
    }

    /** @return what was heard instead of what came of it */
    private Optional<IOException> order(String why) throws IOException, InterruptedException {
        try {
            bus.post("/deployments/apply", Map.of("reason", why));
            return Optional.empty();
        } catch (IOException failed) {
            if (isUndone(failed)) {
                putBack();
                throw failed instanceof Unreachable
                        ? failed
                        : new IOException(failed.getMessage() + "; " + known.told() + " is as it was", failed);
            }
            return Optional.of(failed);
        }
    }

    private static boolean isUndone(IOException failed) {
        return failed instanceof Declined no
                ? no.hasDoneNothing()
                : failed.getCause() instanceof ConnectException
                        || failed.getCause() instanceof HttpConnectTimeoutException;
    }

    /** A service that is known not to have come into force. */
    private Optional<String> missing(String why, Optional<IOException> unheard)
            throws IOException, InterruptedException {
        long began = System.nanoTime();
        IOException silent = unheard.orElseGet(() -> new IOException("the bus does not say what is in force"));
        do {
            try {
                Optional<String> missing = notInForce();
                if (missing.isEmpty() || unheard.isEmpty() || isRefused(missing.get(), why)) {
                    return missing;
                }
            } catch (IOException again) {
                silent = again;
            }
            Thread.sleep(PAUSE.toMillis());
        } while (System.nanoTime() - began < patience.toNanos());
        throw new IOException(
                unheard.orElse(silent).getMessage() + ". Whether it did take " + known.told()
                        + " over cannot be known now, so the new file stays. When the bus answers, ./lgsp list tells what is in force; "
                        + units()
                        + " is the new. ./lgsp deploy apply brings it there, ./lgsp deploy rollback takes it back",
                silent);
    }

    private String units() {
        return wanted.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(unit -> unit.getKey() + " " + UnitKey.brief(unit.getValue()))
                .collect(Collectors.joining(", "));
    }

    private Optional<String> notInForce() throws IOException, InterruptedException {
        Map<String, String> inForce = new LinkedHashMap<>();
        bus.get("/services")
                .forEach(service ->
                        inForce.put(OperatorCommand.text(service, "service"), OperatorCommand.text(service, "unit")));
        return wanted.entrySet().stream()
                .filter(service -> !service.getValue().equals(inForce.get(service.getKey())))
                .map(Map.Entry::getKey)
                .sorted()
                .findFirst();
    }

    /** Whether the ledger says so of this order: then the bus is through with the service. */
    private boolean isRefused(String service, String why) throws IOException, InterruptedException {
        for (var act : bus.get("/deployments?limit=20&service=" + service)) {
            if (OperatorCommand.text(act, "action").equals("refused")
                    && OperatorCommand.text(act, "after").equals(wanted.get(service))
                    && OperatorCommand.text(act, "reason").equals(why)) {
                return true;
            }
        }
        return false;
    }

    private void putBack() throws IOException {
        CodeTableFiles.write(known.path(), known.text());
    }

    /** Others may be in force with it. */
    private String takenBack(String why) throws InterruptedException {
        try {
            bus.post("/deployments/apply", Map.of("reason", why + ", taken back"));
            return "";
        } catch (IOException failed) {
            return " Whether the bus has taken it back too is not known (" + failed.getMessage()
                    + "): ./lgsp deploy apply does it.";
        }
    }
}
