package vn.lgsp.edoc;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** The packets that the page shows, and what tests make of them. */
final class Samples {
    static final Path FOLDER = Path.of("docs/reference/edxml");

    /** The content of the one attachment of the sample document. */
    static final String CONTENT =
            "UEsDBBQAAAAAAAAAIQBaiikFWwwAAAAMAAAABwAAAG1hdS50eHRub2kgZHVuZyB0aHVQSwECFAMUAAAAAAAAACEAWoopBVsMAAAADAAAAAcAAAAAAAAAAAAAAIABAAAAAG1hdS50eHRQSwUGAAAAAAEAAQA1AAAAMQAAAAAA";

    private Samples() {}

    static String text(String name) {
        try {
            return Files.readString(FOLDER.resolve(name));
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        }
    }

    static Received read(String text) {
        return read(text.getBytes(StandardCharsets.UTF_8), EdxmlSettings.defaults());
    }

    static Received read(byte[] packet, EdxmlSettings settings) {
        return read(packet, settings, AttachmentSink.NOWHERE);
    }

    static Received read(byte[] packet, EdxmlSettings settings, AttachmentSink sink) {
        try {
            return new EdxmlReader(settings).read("packet.edxml", new ByteArrayInputStream(packet), sink);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    static DocumentPacket document(String text) {
        return (DocumentPacket) read(text).packet();
    }

    static byte[] written(Packet packet, AttachmentContent content) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            EdxmlWriter.write(packet, content, bytes);
            return bytes.toByteArray();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** The documents of all attachments, unpacked. */
    static List<String> documents(String text) {
        List<ByteArrayOutputStream> contents = new ArrayList<>();
        Received received = read(text.getBytes(StandardCharsets.UTF_8), EdxmlSettings.defaults(), number -> {
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            contents.add(content);
            return content;
        });
        List<String> documents = new ArrayList<>();
        for (Attachment attachment : ((DocumentPacket) received.packet()).attachments()) {
            ByteArrayOutputStream document = new ByteArrayOutputStream();
            byte[] content = contents.get(attachment.number() - 1).toByteArray();
            try {
                AttachmentZip.unpack(attachment, new ByteArrayInputStream(content), document, EdxmlSettings.defaults());
            } catch (IOException impossible) {
                throw new UncheckedIOException(impossible);
            }
            documents.add(document.toString(StandardCharsets.UTF_8));
        }
        return documents;
    }

    /** What this thread has computed so far, in nanoseconds: others that want the processor do not count. */
    static long spent() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    /** A ZIP with these entries, each holding these bytes. */
    static byte[] zip(byte[] each, String... names) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (String name : names) {
                zip.putNextEntry(new ZipEntry(name));
                zip.write(each);
                zip.closeEntry();
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    /** The sample document with this instead of its attachment. */
    static String with(byte[] content) {
        return withText(Base64.getEncoder().encodeToString(content));
    }

    static String withText(String base64) {
        return text("document.edxml")
                .replaceFirst("(<edXML:ContentTransferEncoded [^>]*>)[^<]*", "$1" + base64.replace("$", "\\$"));
    }
}
