package vn.lgsp.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.xml.namespace.QName;
import vn.lgsp.catalogue.Operation;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.soap.Wsdl;

/** The contracts of the SOAP services, each {@code routes/<domain>/<service>.wsdl} beside the card. */
final class Contracts {
    private final Map<ServiceKey, Wsdl> known = new ConcurrentHashMap<>();

    /** The contract of this service, if it is a SOAP service with a good one. */
    Optional<Wsdl> of(ServiceKey service) {
        return Optional.ofNullable(known.get(service));
    }

    /** Tells the contract of this unit from now on, if it has a good one. */
    void load(Unit unit) {
        if (unit.isSoap() && check(unit.contractFile(), unit.card()).isEmpty()) {
            known.put(unit.card().key(), read(unit.contractFile()));
        }
    }

    /** What is wrong with the contract of a service; each text names the thing and the remedy. */
    static List<String> check(Path file, ServiceCard card) {
        try {
            Wsdl contract = read(file);
            return card.operations().stream()
                    .map(Operation::soap)
                    .flatMap(Optional::stream)
                    .map(call -> new QName(call.namespace(), call.element()))
                    .filter(element -> !contract.declares(element))
                    .map(element -> file + ": no schema in it declares the element " + element
                            + " of the card: add it, or mend the card")
                    .toList();
        } catch (IllegalArgumentException refused) {
            return List.of(String.valueOf(refused.getMessage()));
        }
    }

    private static Wsdl read(Path file) {
        try {
            return Wsdl.read(file.toString(), Files.readAllBytes(file));
        } catch (IOException missing) {
            throw new IllegalArgumentException(
                    file + " cannot be read: a service with SOAP operations has its contract there", missing);
        }
    }
}
