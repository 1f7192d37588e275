package vn.lgsp.deploy;

import java.util.Optional;

/**
 * Who wants something of the deployer, and why; the files themselves when nobody is named.
 *
 * @param who as the ledger writes an operator; empty for the files
 */
record Asked(String who, Optional<String> reason) {
    static Asked byFiles() {
        return new Asked("", Optional.empty());
    }

    static Asked by(String operator, Optional<String> reason) {
        return new Asked(Deployments.OPERATOR + operator, reason);
    }

    boolean isFiles() {
        return who.isEmpty();
    }
}
