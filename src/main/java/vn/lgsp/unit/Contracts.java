package vn.lgsp.unit;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import javax.xml.namespace.QName;
import vn.lgsp.catalogue.Operation;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Refused;
import vn.lgsp.failure.Rule;
import vn.lgsp.soap.Wsdl;

/** The contracts of the SOAP services, each {@code routes/<domain>/<service>.wsdl} beside the card. */
public final class Contracts {
    private Contracts() {}

    /** The contract of this unit, if it is a SOAP service with a good one. */
    public static Optional<Wsdl> of(Unit unit) {
        return unit.isSoap() && check(unit).isEmpty() ? Optional.of(read(unit)) : Optional.empty();
    }

    /** What is wrong with the contract of a SOAP service. */
    static List<Finding> check(Unit unit) {
        try {
            Wsdl contract = read(unit);
            return unit.card().operations().stream()
                    .map(Operation::soap)
                    .flatMap(Optional::stream)
                    .map(call -> new QName(call.namespace(), call.element()))
                    .filter(element -> !contract.declares(element) && !contract.wraps(element))
                    .map(element -> Finding.of(
                            Rule.CONTRACT_ELEMENT_MISSING, unit.name(unit.contractFile()), 0, element.toString()))
                    .toList();
        } catch (Refused refused) {
            return refused.findings();
        }
    }

    private static Wsdl read(Unit unit) {
        String name = unit.name(unit.contractFile());
        try {
            return Wsdl.read(name, Files.readAllBytes(unit.contractFile()));
        } catch (IOException missing) {
            throw new Refused(Finding.of(Rule.CONTRACT_MISSING, name, 0));
        }
    }
}
