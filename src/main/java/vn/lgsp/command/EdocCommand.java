package vn.lgsp.command;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import vn.lgsp.edoc.AttachmentSink;
import vn.lgsp.edoc.DocumentPacket;
import vn.lgsp.edoc.EdxmlReader;
import vn.lgsp.edoc.EdxmlSettings;
import vn.lgsp.edoc.Organ;
import vn.lgsp.edoc.Packet;
import vn.lgsp.edoc.Received;
import vn.lgsp.edoc.StatusPacket;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Refused;
import vn.lgsp.runtime.BusSettings;
import vn.lgsp.runtime.Configuration;

/** {@code lgsp edoc}: electronic documents in packets. */
@Command(
        name = "edoc",
        description = "Looks at packets of electronic documents (edXML).",
        mixinStandardHelpOptions = true,
        subcommands = EdocCommand.Check.class,
        footer = {
            "",
            "Examples:",
            "  ./lgsp edoc check docs/reference/edxml/document.edxml",
            "  ./lgsp edoc check --lang vi docs/reference/edxml/wrong/*.edxml",
            "  ./lgsp edoc check --json packet.edxml"
        })
public final class EdocCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        throw new ParameterException(command.commandLine(), "say what to do: check");
    }

    /** Reads packets as the bus does, and keeps nothing of them. */
    @Command(
            name = "check",
            description = {
                "Reads packets as the bus does: tells what is wrong or unusual, else what each is, without its content.",
                "",
                "Ends with 0 when nothing is wrong, with 1 when something is. docs/reference/edxml.md tells what is taken."
            },
            mixinStandardHelpOptions = true)
    static final class Check implements Callable<Integer> {
        @Parameters(arity = "1..*", paramLabel = "FILE", description = "packets, such as 6f0c2f7e.edxml")
        private List<Path> files = List.of();

        @Option(names = "--config", paramLabel = "FILE", description = "a properties file with settings")
        private @Nullable Path config;

        @Mixin
        private Language language = new Language();

        @Mixin
        private Output output = new Output();

        @Spec
        private CommandSpec command;

        @Override
        public Integer call() throws IOException {
            for (Path file : files) {
                if (!Files.isRegularFile(file)) {
                    throw new ParameterException(command.commandLine(), "there is no file " + file);
                }
            }
            EdxmlSettings settings = BusSettings.from(Configuration.ofProcess(Optional.ofNullable(config), Map.of()))
                    .edoc();
            EdxmlReader reader = new EdxmlReader(settings);
            List<Map<String, Object>> documents = new ArrayList<>();
            int wrong = 0;
            for (Path file : files) {
                try (Progress progress = output.progress("reading " + file.getFileName());
                        InputStream bytes = new BufferedInputStream(Files.newInputStream(file))) {
                    Received received = reader.read(String.valueOf(file), bytes, AttachmentSink.NOWHERE);
                    documents.add(document(file, List.of(), Optional.of(received)));
                    if (!output.isJson()) {
                        say(file, received);
                    }
                } catch (NoSuchFileException gone) {
                    throw new ParameterException(command.commandLine(), "there is no file " + file, gone);
                } catch (Refused refused) {
                    wrong++;
                    documents.add(document(file, refused.findings(), Optional.empty()));
                    if (!output.isJson()) {
                        Findings.say(output, language.locale(), refused.findings());
                    }
                }
            }
            if (output.isJson()) {
                output.json(Map.of("packets", documents));
            } else if (wrong == 0) {
                output.say(output.good("Nothing is wrong") + " with " + counted(files.size()) + ".");
            } else {
                output.say(output.bad(counted(wrong)) + " of " + files.size() + " would be refused.");
            }
            return wrong == 0 ? ExitCode.DONE : ExitCode.NOT_DONE;
        }

        private static String counted(int packets) {
            return packets + (packets == 1 ? " packet" : " packets");
        }

        private void say(Path file, Received received) {
            Packet packet = received.packet();
            output.say("%s: %s, %,d bytes", output.strong(file.toString()), kind(packet), received.bytes());
            output.say("  document    %s", packet.documentId());
            output.say("  from        %s", packet.from().id());
            output.say("  to          %s", String.join(", ", to(packet)));
            if (packet instanceof DocumentPacket document) {
                document.attachments()
                        .forEach(attachment -> output.say(
                                "  attachment  %d: %s, %,d bytes",
                                attachment.number(), word(attachment.form()), attachment.size()));
            } else if (packet instanceof StatusPacket status) {
                output.say("  status      %s %s", status.code().code(), word(status.code()));
            }
            output.say("  signature   %s", word(received.signature()));
            if (!received.warnings().isEmpty()) {
                output.say("  unusual, and taken all the same:");
                Findings.say(output, language.locale(), received.warnings());
            }
        }

        private Map<String, Object> document(Path file, List<Finding> wrong, Optional<Received> received) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("file", file.toString());
            fields.put("findings", Findings.json(language.locale(), wrong));
            fields.put(
                    "warnings",
                    Findings.json(
                            language.locale(), received.map(Received::warnings).orElse(List.of())));
            fields.put("packet", received.map(Check::packet));
            return fields;
        }

        private static Map<String, Object> packet(Received received) {
            Packet packet = received.packet();
            Optional<DocumentPacket> document =
                    packet instanceof DocumentPacket given ? Optional.of(given) : Optional.empty();
            Optional<StatusPacket> status =
                    packet instanceof StatusPacket given ? Optional.of(given) : Optional.empty();
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("kind", kind(packet));
            fields.put("documentId", packet.documentId());
            fields.put("from", packet.from().id().value());
            fields.put("to", to(packet));
            fields.put("status", status.map(report -> report.code().code()));
            fields.put(
                    "attachments",
                    document.map(DocumentPacket::attachments).orElse(List.of()).stream()
                            .map(attachment -> Map.of(
                                    "number", attachment.number(),
                                    "form", word(attachment.form()),
                                    "bytes", attachment.size()))
                            .toList());
            fields.put("signature", word(received.signature()));
            fields.put("bytes", received.bytes());
            return fields;
        }

        /** {@code new}, {@code revocation}, {@code update}, {@code replacement} or {@code status}. */
        private static String kind(Packet packet) {
            return packet instanceof DocumentPacket document ? word(document.businessType()) : "status";
        }

        private static List<String> to(Packet packet) {
            return packet instanceof DocumentPacket document
                    ? document.to().stream().map(Organ::id).map(String::valueOf).toList()
                    : List.of(((StatusPacket) packet).to().value());
        }

        private static String word(Enum<?> value) {
            return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
