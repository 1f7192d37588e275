package vn.lgsp.runtime;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import vn.lgsp.mailbox.Agencies;
import vn.lgsp.operate.AgenciesView;

/** Shows the organisations that document systems ask for to the operators, and hands on what they decide. */
final class AgenciesShown implements AgenciesView {
    private final Agencies agencies;

    AgenciesShown(Agencies agencies) {
        this.agencies = agencies;
    }

    @Override
    public List<Agency> list(Optional<String> state, int limit) {
        Optional<Agencies.State> wanted = state.flatMap(word -> Arrays.stream(Agencies.State.values())
                .filter(one -> one.word().equals(word))
                .findFirst());
        return state.isPresent() && wanted.isEmpty()
                ? List.of()
                : agencies.newest(wanted, limit).stream()
                        .map(AgenciesShown::shown)
                        .toList();
    }

    @Override
    public Optional<Agency> decide(UUID id, boolean agreed, String operator, String reason) {
        return agencies.decide(id, agreed, operator, reason).map(AgenciesShown::shown);
    }

    private static Agency shown(Agencies.Registered one) {
        return new Agency(
                one.id(),
                one.system(),
                one.state().word(),
                one.version(),
                one.given().code(),
                one.given().parent(),
                one.given().name(),
                one.given().mail(),
                one.given().mobile(),
                one.given().fax(),
                one.asked(),
                one.inForce(),
                one.ended(),
                one.by(),
                one.reason());
    }
}
