package vn.lgsp.unit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.xml.namespace.QName;
import vn.lgsp.catalogue.Operation;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.catalogue.SoapCall;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Refused;
import vn.lgsp.failure.Rule;
import vn.lgsp.soap.Wsdl;
import vn.lgsp.source.Place;

/** The contracts of the SOAP services, each {@code routes/<domain>/<service>.wsdl} beside the card. */
public final class Contracts {
    private Contracts() {}

    /** The contract of this unit, if it is a SOAP service with a good one. */
    public static Optional<Wsdl> of(Unit unit) {
        return unit.isSoap() && check(unit).isEmpty() ? Optional.of(read(unit)) : Optional.empty();
    }

    /** What is wrong with the contract of a SOAP service, and where it and the card do not agree. */
    static List<Finding> check(Unit unit) {
        try {
            Wsdl contract = read(unit);
            Findings found = new Findings();
            Place place = new Place(unit.name(unit.contractFile()), 0);
            Map<QName, SoapCall> offered = new LinkedHashMap<>();
            unit.card().operations().stream()
                    .map(Operation::soap)
                    .flatMap(Optional::stream)
                    .forEach(call -> offered.put(new QName(call.namespace(), call.element()), call));
            Set<QName> bound = new HashSet<>();
            for (Wsdl.Bound operation : contract.operations()) {
                SoapCall call = operation.element().map(offered::get).orElse(null);
                operation
                        .element()
                        .filter(element -> operation.rpc() || contract.declares(element))
                        .ifPresent(bound::add);
                if (call == null) {
                    found.add(Rule.CONTRACT_OPERATION_SURPLUS, place, operation.name());
                } else if (!call.action().equals(operation.action())) {
                    found.add(Rule.CONTRACT_ACTION, place, operation.name(), operation.action(), call.action());
                }
                // of what passes through the provider answers for itself
                if (call != null
                        && call.oneWay() != operation.oneWay()
                        && unit.card().mode() != ServiceCard.Mode.PASS_THROUGH) {
                    found.add(
                            operation.oneWay() ? Rule.CONTRACT_ONE_WAY : Rule.CONTRACT_ANSWERED,
                            place,
                            operation.name());
                }
            }
            for (QName element : offered.keySet()) {
                if (!bound.contains(element)) {
                    found.add(
                            contract.declares(element)
                                    ? Rule.CONTRACT_OPERATION_MISSING
                                    : Rule.CONTRACT_ELEMENT_MISSING,
                            place,
                            element.toString());
                }
            }
            return found.sorted();
        } catch (Refused refused) {
            return refused.findings();
        }
    }

    private static Wsdl read(Unit unit) {
        return Wsdl.read(unit.name(unit.contractFile()), name -> bytes(unit, name));
    }

    private static Optional<byte[]> bytes(Unit unit, String name) {
        Path file = unit.files().get(name);
        try {
            return file == null ? Optional.empty() : Optional.of(Files.readAllBytes(file));
        } catch (IOException missing) {
            return Optional.empty();
        }
    }
}
