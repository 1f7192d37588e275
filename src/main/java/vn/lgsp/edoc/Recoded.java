package vn.lgsp.edoc;

import java.util.List;
import java.util.function.UnaryOperator;

/** A packet with other codes of organisations in the same places. */
record Recoded(UnaryOperator<OrganId> code) {

    Packet of(Packet packet) {
        if (packet instanceof StatusPacket status) {
            return new StatusPacket(
                    organ(status.from()),
                    response(status.about()),
                    status.staff(),
                    status.code(),
                    status.description(),
                    status.timestamp());
        }
        DocumentPacket document = (DocumentPacket) packet;
        return new DocumentPacket(
                organ(document.from()),
                document.to().stream().map(this::organ).toList(),
                document.documentId(),
                document.code(),
                document.promulgation(),
                document.type(),
                document.subject(),
                document.content(),
                document.signer(),
                document.dueDate(),
                document.otherInfo(),
                document.responseFor().stream().map(this::response).toList(),
                document.steeringType(),
                document.toPlaces(),
                document.taskCodes(),
                document.traces().stream()
                        .map(trace -> new Trace(code.apply(trace.organ()), trace.timestamp()))
                        .toList(),
                document.business().map(this::business),
                document.attachments());
    }

    private Organ organ(Organ organ) {
        return new Organ(
                code.apply(organ.id()),
                organ.inCharge(),
                organ.name(),
                organ.address(),
                organ.email(),
                organ.telephone(),
                organ.fax(),
                organ.website());
    }

    private ResponseFor response(ResponseFor document) {
        return new ResponseFor(
                document.organ().map(code), document.code(), document.promulgated(), document.documentId());
    }

    private Business business(Business business) {
        return new Business(
                business.documentId(),
                business.type(),
                business.reason(),
                business.paper(),
                business.update()
                        .map(update -> new Business.Update(
                                update.document(),
                                update.receivers(),
                                update.list().stream()
                                        .map(receiver ->
                                                new Business.Receiver(code.apply(receiver.organ()), receiver.type()))
                                        .toList())),
                business.replacements().stream()
                        .map(each -> new Business.Replacement(each.documentId(), codes(each.organs())))
                        .toList(),
                business.staff());
    }

    private List<OrganId> codes(List<OrganId> all) {
        return all.stream().map(code).toList();
    }
}
