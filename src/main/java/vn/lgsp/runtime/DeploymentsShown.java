package vn.lgsp.runtime;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import vn.lgsp.deploy.Deployer;
import vn.lgsp.deploy.Deployments;
import vn.lgsp.deploy.Services;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.UnitKey;
import vn.lgsp.operate.DeploymentsView;

/** Shows deployments to the operators, and passes on what they want. */
final class DeploymentsShown implements DeploymentsView {
    private final Deployer deployer;
    private final Deployments ledger;
    private final Services services;

    DeploymentsShown(Deployer deployer, Deployments ledger, Services services) {
        this.deployer = deployer;
        this.ledger = ledger;
        this.services = services;
    }

    @Override
    public List<Act> history(Optional<ServiceKey> service, int limit) {
        return ledger.history(service, limit).stream()
                .map(DeploymentsShown::act)
                .toList();
    }

    @Override
    public List<Refused> refused() {
        return refused(deployer.refused().values().stream().toList());
    }

    private List<Refused> refused(List<Deployer.Refusal> refusals) {
        return refusals.stream()
                .sorted(Comparator.comparing(Deployer.Refusal::name))
                .map(refusal -> new Refused(
                        refusal.name(),
                        refusal.service().flatMap(services::inForce).map(UnitKey::digest),
                        refusal.findings()))
                .toList();
    }

    @Override
    public List<Change> diff(ServiceKey service, Optional<String> from, Optional<String> to) throws IOException {
        return deployer.diff(service, from, to).stream()
                .map(change -> new Change(change.file(), change.kind().name().toLowerCase(Locale.ROOT), change.text()))
                .toList();
    }

    @Override
    public Outcome apply(String operator, Optional<String> reason) throws IOException {
        return outcome(deployer.apply(operator, reason));
    }

    @Override
    public Outcome rollback(ServiceKey service, Optional<String> to, String operator, Optional<String> reason)
            throws IOException {
        return outcome(deployer.rollback(service, to, operator, reason));
    }

    private Outcome outcome(Deployer.Outcome outcome) {
        return new Outcome(
                outcome.done().stream().map(DeploymentsShown::act).toList(),
                refused(outcome.refused().values().stream().toList()));
    }

    private static Act act(Deployments.Entry entry) {
        return new Act(
                entry.at(),
                entry.who(),
                entry.action().label(),
                entry.service(),
                entry.card(),
                entry.before(),
                entry.after(),
                entry.files(),
                entry.checks(),
                entry.reason());
    }
}
