package vn.lgsp.mailbox;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import vn.lgsp.axis.AxisCode;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.InformationSystem;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.database.Database;
import vn.lgsp.edoc.EdxmlTime;
import vn.lgsp.edoc.Notation;
import vn.lgsp.edoc.OrganCodes;
import vn.lgsp.edoc.OrganId;
import vn.lgsp.edoc.PartnerCodes;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.SystemId;

/**
 * The organisations that document systems register themselves. Nothing signs what they say, so it is a request: it counts from when an
 * operator has agreed to it, until its system ends it, and is never deleted (wire-formats 3.1 and 5). Blocks: call it on a worker.
 *
 * @see "EXT-20"
 */
public final class Agencies {
    private static final ZoneId CITY = ZoneId.of("Asia/Ho_Chi_Minh");
    private static final Pattern CODE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,34}");
    /** On one line, and nothing that would make the operator who decides read something else. */
    private static final Pattern TEXT = Pattern.compile("[^\\p{C}\\p{Zl}\\p{Zp}]{0,200}");

    /** How a registration stands. */
    public enum State {
        /** Until an operator has decided. */
        ASKED,
        IN_FORCE,
        REFUSED,
        /** By its system, or by what came in its place. */
        ENDED;

        /** The word in the database and for people. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        static Optional<State> of(String word) {
            return Arrays.stream(values())
                    .filter(state -> state.word().equals(word))
                    .findFirst();
        }
    }

    /** What a system says of an organisation, in the words of {@code registerAgency}; what it does not say is blank. */
    public record Given(String id, String parent, String code, String name, String mail, String mobile, String fax) {}

    /**
     * One registration.
     *
     * @param version counted for each code
     * @param by the operator who decided
     */
    public record Registered(
            UUID id,
            String system,
            int version,
            State state,
            Given given,
            Instant asked,
            Optional<Instant> inForce,
            Optional<Instant> ended,
            Optional<String> by,
            Optional<String> reason) {}

    /**
     * One organisation as {@code getSynchronizeUnit} lists it.
     *
     * @param code102 that of QCVN 102; blank where it is not known
     * @param centre the system of ours whose it is; blank for one outside
     */
    record Unit(
            String id,
            String parent,
            String code,
            String code102,
            String name,
            String mail,
            int version,
            String centre,
            boolean deleted,
            String modified) {}

    private final AgencyRows rows;
    private final Catalogue catalogue;
    private final PartnerCodes codes;
    private final Clock clock;

    /** @param codes with the table of organisations that the city keeps itself */
    public Agencies(Database database, Catalogue catalogue, PartnerCodes codes, Clock clock) {
        this.rows = new AgencyRows(database);
        this.catalogue = catalogue;
        this.codes = codes;
        this.clock = clock;
    }

    /**
     * A system asks for an organisation.
     *
     * @return {@link State#IN_FORCE} when it is so already, otherwise {@link State#ASKED}
     * @throws BusException {@code message-invalid}, {@code grant-missing} when the code is another system's, {@code guarantee-unavailable}
     */
    State ask(SystemId caller, Given given) {
        boolean fits = CODE.matcher(given.code()).matches()
                && !given.name().isBlank()
                && (given.parent().isEmpty() || CODE.matcher(given.parent()).matches())
                && Stream.of(given.id(), given.name(), given.mail(), given.mobile(), given.fax())
                        .allMatch(text -> TEXT.matcher(text).matches());
        if (!fits) {
            throw new BusException(
                    ErrorCode.MESSAGE_INVALID,
                    "an organisation has a code of up to 35 letters, digits, dots and hyphens, a name, a pcode that is a code or"
                            + " empty, and texts of up to 200 letters",
                    Integer.toString(AxisCode.PROCESSING),
                    null);
        }
        Function<String, Optional<SystemId>> owners = owners(catalogue.now());
        if (notations(given.code())
                .flatMap(code -> owners.apply(code).stream())
                .anyMatch(owner -> !owner.equals(caller))) {
            throw anothers();
        }
        return ask(() -> rows.ask(caller.value(), given, clock.instant()));
    }

    /**
     * A system ends an organisation of its own.
     *
     * @throws BusException {@code record-not-found} when it has not registered it, {@code guarantee-unavailable}
     */
    void end(SystemId caller, String code) {
        if (!ask(() -> rows.end(caller.value(), code, clock.instant()))) {
            throw new BusException(
                    ErrorCode.RECORD_NOT_FOUND,
                    "the caller has registered no organisation with this code; what operators have registered they end",
                    Integer.toString(AxisCode.RECEIVER_UNKNOWN),
                    null);
        }
    }

    /**
     * An operator decides on what is asked for.
     *
     * @return as it stands then; empty when nothing with this id is asked for any more
     */
    public Optional<Registered> decide(UUID id, boolean agreed, String operator, String reason) {
        return ask(() -> rows.decide(id, agreed, operator, reason, clock.instant()));
    }

    /** The newest registrations of a state, or of any. */
    public List<Registered> newest(Optional<State> state, int limit) {
        return ask(() -> rows.newest(state, limit));
    }

    /** Whose each organisation is now, by its code in capitals. The registry comes first; what is registered is asked for when it is needed. */
    Function<String, Optional<SystemId>> owners(Snapshot known) {
        Map<String, String> registered = new HashMap<>();
        AtomicBoolean asked = new AtomicBoolean();
        return code -> known.systemOfOrgan(code).or(() -> {
            if (asked.compareAndSet(false, true)) {
                registered.putAll(ask(rows::inForce));
            }
            return Optional.ofNullable(registered.get(AgencyRows.key(code)))
                    .map(SystemId::new)
                    .filter(owner -> known.system(owner).isPresent());
        });
    }

    /** The organisations whose mailboxes a system reads, in capitals; also of one that it has ended, until another has it. */
    Set<String> organs(SystemId caller) {
        Snapshot known = catalogue.now();
        Set<String> found = new HashSet<>();
        ask(() -> rows.had(caller.value())).stream()
                .filter(code -> known.systemOfOrgan(code)
                        .filter(owner -> !owner.equals(caller))
                        .isEmpty())
                .forEach(found::add);
        known.system(caller).map(InformationSystem::organs).ifPresent(found::addAll);
        return found;
    }

    /** The organisations that count today: those of the table of codes, and those that are registered. */
    List<OrganCodes.Organisation> organisations() {
        List<OrganCodes.Organisation> found = new ArrayList<>(codes.organisations());
        Set<String> there = new HashSet<>();
        found.forEach(one -> keys(one).forEach(there::add));
        for (Registered one : ask(rows::last)) {
            if (one.state() == State.IN_FORCE
                    && there.add(AgencyRows.key(one.given().code()))) {
                OrganId code = new OrganId(one.given().code());
                found.add(new OrganCodes.Organisation(
                        code,
                        Optional.of(code).filter(Agencies::isOf102),
                        one.given().name(),
                        Optional.of(one.given().parent())
                                .filter(parent -> !parent.isEmpty())
                                .map(OrganId::new)));
            }
        }
        return found;
    }

    /** All of them, those that have ended too. What a system has registered itself stands before what the table says of the same code. */
    List<Unit> units() {
        Snapshot known = catalogue.now();
        List<Unit> found = new ArrayList<>();
        Set<String> there = new HashSet<>();
        for (Registered one : ask(rows::last)) {
            there.add(AgencyRows.key(one.given().code()));
            found.add(new Unit(
                    one.given().id(),
                    one.given().parent(),
                    one.given().code(),
                    isOf102(new OrganId(one.given().code())) ? one.given().code() : "",
                    one.given().name(),
                    one.given().mail(),
                    one.version(),
                    one.system(),
                    one.state() != State.IN_FORCE,
                    time(one.ended().or(one::inForce).orElse(one.asked()))));
        }
        for (OrganCodes.Dated one : codes.everyOrganisation()) {
            OrganCodes.Organisation organisation = one.organisation();
            if (keys(organisation).noneMatch(there::contains)) {
                found.add(new Unit(
                        organisation.code().value(),
                        organisation.parent().map(OrganId::value).orElse(""),
                        organisation.code().value(),
                        organisation.code102().map(OrganId::value).orElse(""),
                        organisation.name(),
                        "",
                        1,
                        keys(organisation)
                                .flatMap(code -> known.systemOfOrgan(code).stream())
                                .findFirst()
                                .map(SystemId::value)
                                .orElse(""),
                        !one.counts(),
                        one.changed()
                                .map(day -> EdxmlTime.text(day.atStartOfDay()))
                                .orElse("")));
            }
        }
        return found;
    }

    /** A code, and the others that the table has for the same organisation, in capitals. */
    private Stream<String> notations(String code) {
        String key = AgencyRows.key(code);
        return Stream.concat(
                Stream.of(key),
                codes.everyOrganisation().stream()
                        .map(OrganCodes.Dated::organisation)
                        .filter(one -> keys(one).anyMatch(key::equals))
                        .flatMap(Agencies::keys));
    }

    private static Stream<String> keys(OrganCodes.Organisation one) {
        return Stream.concat(Stream.of(one.code()), one.code102().stream()).map(OrganId::key);
    }

    private static boolean isOf102(OrganId code) {
        return code.notation().equals(Optional.of(Notation.QCVN102));
    }

    private static String time(Instant at) {
        return EdxmlTime.text(LocalDateTime.ofInstant(at, CITY));
    }

    private static BusException anothers() {
        return new BusException(
                ErrorCode.GRANT_MISSING,
                "the organisation is another system's, or too many wait for an operator already",
                Integer.toString(AxisCode.SENDER_UNKNOWN),
                null);
    }

    @FunctionalInterface
    private interface Question<T> {
        T ask() throws SQLException, AgencyRows.Taken;
    }

    private static <T> T ask(Question<T> question) {
        try {
            return question.ask();
        } catch (AgencyRows.Taken other) {
            throw anothers();
        } catch (SQLException away) {
            throw new BusException(
                    ErrorCode.GUARANTEE_UNAVAILABLE,
                    "the database does not answer: try again",
                    Integer.toString(AxisCode.PLATFORM),
                    away);
        }
    }
}
