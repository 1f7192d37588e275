package vn.lgsp.mailbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import vn.lgsp.edoc.Attachment;
import vn.lgsp.edoc.DocumentPacket;
import vn.lgsp.edoc.EdxmlReader;
import vn.lgsp.edoc.Packet;
import vn.lgsp.edoc.StatusPacket;
import vn.lgsp.failure.Refused;
import vn.lgsp.hold.Holding;
import vn.lgsp.message.Content;

/**
 * What {@code getEdoc} of the provincial form tells of a packet beside it: its head, and its attachments as documents (wire-formats 4.2).
 *
 * @param code such as {@code 12/UBND-VP}
 * @param files whoever asks gives back what they hold
 */
record PacketShown(String fromName, String code, String subject, List<File> files) {

    /** One attachment, taken out of its ZIP. */
    record File(String name, Content content) {}

    /** Of each attachment; a packet may have a hundred. */
    private static final int MOST_IN_MEMORY = 64 << 10;

    static PacketShown of(Content packet, EdxmlReader reader, Holding settings) {
        Holding holding = new Holding(settings.folder(), Math.min(settings.memoryLimit(), MOST_IN_MEMORY));
        Map<Integer, Holding.Intake> intakes = new HashMap<>();
        List<File> files = new ArrayList<>();
        boolean done = false;
        try (InputStream from = packet.open()) {
            Packet read = reader.read("packet", from, number -> {
                        Holding.Intake intake = holding.intake();
                        intakes.put(number, intake);
                        return intake;
                    })
                    .packet();
            if (read instanceof DocumentPacket document) {
                for (Attachment attachment : document.attachments()) {
                    Holding.Intake intake = intakes.remove(attachment.number());
                    if (intake != null) {
                        files.add(
                                new File(attachment.fileName(), document(attachment, intake.done(), reader, holding)));
                    }
                }
            }
            done = true;
            return shown(read, files);
        } catch (Refused changed) {
            throw new IllegalStateException("a packet that was taken cannot be read", changed);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        } finally {
            intakes.values().forEach(Holding.Intake::discard);
            if (!done) {
                files.forEach(file -> Holding.discard(file.content()));
            }
        }
    }

    private static PacketShown shown(Packet read, List<File> files) {
        if (read instanceof DocumentPacket document) {
            return new PacketShown(
                    document.from().name(),
                    document.code().number() + "/" + document.code().notation(),
                    document.subject(),
                    List.copyOf(files));
        }
        String code = read instanceof StatusPacket status ? status.about().code() : "";
        return new PacketShown(read.from().name(), code, "", List.of());
    }

    private static Content document(Attachment attachment, Content raw, EdxmlReader reader, Holding holding) {
        if (attachment.form() == Attachment.Form.PLAIN) {
            return raw;
        }
        try {
            return holding.copy(to -> {
                try (InputStream from = raw.open()) {
                    reader.unpack(attachment, from, to);
                }
            });
        } finally {
            Holding.discard(raw);
        }
    }
}
