package vn.lgsp.edoc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What is written is read as what it was, for whatever packets; {@code -Dlgsp.edoc.packets} makes more of them. */
class RoundTripTest {
    private static final String[] WORDS = {
        "Văn bản",
        "thử & nghiệm",
        "<mẫu>",
        "\"trích\"",
        "dòng một\ndòng hai",
        "ngắt\rdòng",
        "]]>",
        "\uD83D\uDCC4",
        "Ｈ９９",
        "a\tb",
        "'",
        "đ̣"
    };

    @Test
    void generated_packets_are_read_as_they_were_written() throws Exception {
        long seed = Long.getLong("lgsp.edoc.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < Integer.getInteger("lgsp.edoc.packets", 300); i++) {
            Generated generated = new Generated(random);
            Packet packet = random.nextInt(4) == 0 ? generated.status() : generated.document();
            byte[] bytes = Samples.written(packet, generated::write);

            List<ByteArrayOutputStream> contents = new ArrayList<>();
            Received received = Samples.read(bytes, EdxmlSettings.defaults(), number -> {
                contents.add(new ByteArrayOutputStream());
                return contents.get(number - 1);
            });

            assertThat(received.packet()).as("seed %d, packet %d", seed, i).isEqualTo(packet);
            assertThat(contents.stream().map(ByteArrayOutputStream::toByteArray))
                    .as("seed %d, contents of packet %d", seed, i)
                    .containsExactlyElementsOf(generated.contents);
            assertThat(Samples.written(received.packet(), generated::write))
                    .as("seed %d, packet %d again", seed, i)
                    .isEqualTo(bytes);
        }
    }

    @Test
    void samples_of_the_sdk_dialect_are_written_as_they_stand() {
        for (String name :
                List.of("document.edxml", "status.edxml", "revocation.edxml", "update.edxml", "replacement.edxml")) {
            List<byte[]> contents = new ArrayList<>();
            String text = Samples.text(name);
            Received received = Samples.read(
                    text.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                    EdxmlSettings.defaults(),
                    number -> new ByteArrayOutputStream() {
                        @Override
                        public void close() {
                            contents.add(toByteArray());
                        }
                    });

            assertThat(Samples.written(
                            received.packet(), (attachment, to) -> to.write(contents.get(attachment.number() - 1))))
                    .as(name)
                    .asString(java.nio.charset.StandardCharsets.UTF_8)
                    .isEqualTo(text);
        }
    }

    /** One packet by chance, and the contents of its attachments. */
    private static final class Generated {
        private final Random random;
        private final List<byte[]> contents = new ArrayList<>();

        Generated(Random random) {
            this.random = random;
        }

        void write(Attachment attachment, java.io.OutputStream to) throws java.io.IOException {
            to.write(contents.get(attachment.number() - 1));
        }

        StatusPacket status() {
            StatusCode[] codes = StatusCode.values();
            return new StatusPacket(
                    organ(),
                    new ResponseFor(Optional.of(id()), text(), text(), words()),
                    maybe(this::staff),
                    codes[random.nextInt(codes.length)],
                    text(),
                    text());
        }

        DocumentPacket document() throws java.io.IOException {
            BusinessType[] types = BusinessType.values();
            BusinessType type = types[random.nextInt(types.length)];
            List<ResponseFor> responses = list(
                    () -> new ResponseFor(maybe(this::id), text(), text(), words()),
                    type == BusinessType.REVOCATION ? 1 : 0);
            Optional<Business> business = type == BusinessType.NEW && random.nextBoolean()
                    ? Optional.empty()
                    : Optional.of(new Business(
                            text(),
                            type,
                            text(),
                            text(),
                            type == BusinessType.UPDATE
                                    ? Optional.of(new Business.Update(
                                            text(), text(), list(() -> new Business.Receiver(id(), text()), 0)))
                                    : Optional.empty(),
                            type == BusinessType.REPLACEMENT
                                    ? list(() -> new Business.Replacement(words(), list(this::id, 0)), 1)
                                    : List.of(),
                            maybe(this::staff)));
            return new DocumentPacket(
                    organ(),
                    list(this::organ, 1),
                    words(),
                    new DocumentPacket.Code(text(), text()),
                    new DocumentPacket.Promulgation(text(), text()),
                    new DocumentPacket.DocumentType(text(), text(), text()),
                    text(),
                    text(),
                    maybe(() -> new DocumentPacket.Signer(text(), text(), text())),
                    text(),
                    maybe(() -> new DocumentPacket.OtherInfo(
                            text(), text(), text(), text(), text(), text(), list(this::words, 0))),
                    responses,
                    text(),
                    list(this::words, 0),
                    list(this::words, 0),
                    list(() -> new Trace(id(), text()), 0),
                    business,
                    attachments());
        }

        private List<Attachment> attachments() throws java.io.IOException {
            List<Attachment> attachments = new ArrayList<>();
            for (int number = 1; number <= random.nextInt(4); number++) {
                byte[] document = new byte[random.nextInt(5_000)];
                random.nextBytes(document);
                boolean packed = random.nextBoolean();
                if (packed) {
                    ByteArrayOutputStream zip = new ByteArrayOutputStream();
                    AttachmentZip.pack("tệp mẫu.pdf", new ByteArrayInputStream(document), zip);
                    document = zip.toByteArray();
                } else if (document.length > 0) {
                    document[0] = 'x';
                }
                contents.add(document);
                attachments.add(new Attachment(
                        number,
                        "id-" + number,
                        "tệp " + number + " & mẫu.pdf",
                        "application/pdf",
                        text(),
                        packed ? Attachment.Form.PACKED : Attachment.Form.PLAIN,
                        document.length));
            }
            return attachments;
        }

        private Organ organ() {
            return new Organ(id(), text(), text(), text(), text(), text(), text(), text());
        }

        private OrganId id() {
            return new OrganId(
                    switch (random.nextInt(4)) {
                        case 0 -> "H99." + random.nextInt(100);
                        case 1 -> "000.00.%02d.H99".formatted(random.nextInt(100));
                        case 2 -> "28.22.H99";
                        default -> "vxp.saas.0" + random.nextInt(10);
                    });
        }

        private Staff staff() {
            return new Staff(text(), text(), text(), text());
        }

        /** May be empty. */
        private String text() {
            return random.nextInt(3) == 0 ? "" : words();
        }

        private String words() {
            StringBuilder words = new StringBuilder();
            for (int i = 0; i <= random.nextInt(4); i++) {
                words.append(i == 0 ? "" : " ").append(WORDS[random.nextInt(WORDS.length)]);
            }
            return words.toString();
        }

        private <T> Optional<T> maybe(Supplier<T> one) {
            return random.nextBoolean() ? Optional.of(one.get()) : Optional.empty();
        }

        private <T> List<T> list(Supplier<T> one, int least) {
            List<T> all = new ArrayList<>();
            int count = least + random.nextInt(3);
            while (all.size() < count) {
                all.add(one.get());
            }
            return all;
        }
    }
}
