package vn.lgsp.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.InvalidKeyException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.docs.Page;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.DeliveryId;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.SystemId;

class SealerTest {
    private static final ExchangeId MINE = ExchangeId.at(1);
    private static final ExchangeId ANOTHER = ExchangeId.at(1);
    private static final byte[] BIRTH = "<KhaiSinh>Nguyễn Văn Mẫu</KhaiSinh>".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path home;

    private RingFolder folder;
    private KeyRing ring;
    private Sealer sealer;

    @BeforeEach
    void place() {
        folder = new RingFolder(home);
        ring = folder.open();
        sealer = new Sealer(ring);
    }

    @AfterEach
    void close() {
        ring.close();
    }

    @Test
    void what_was_sealed_opens_as_it_was_whatever_its_size() {
        for (int size : new int[] {0, 1, 15, 16, 17, 1024, 1_000_003}) {
            byte[] content = new byte[size];
            Arrays.fill(content, (byte) size);
            Sealed sealed = sealer.seal(MINE, content);

            assertThat(sealed.format()).isEqualTo(1);
            assertThat(sealed.epoch()).isEqualTo(ring.current());
            assertThat(sealed.wrappedKey()).hasSize(60);
            assertThat(sealed.content()).hasSize(size + 28);
            assertThat(sealer.open(MINE, sealed)).isEqualTo(content);
        }
    }

    @Test
    void the_same_content_is_sealed_under_another_key_each_time_and_is_not_to_be_seen() {
        Sealed first = sealer.seal(MINE, BIRTH);
        Sealed second = sealer.seal(MINE, BIRTH);

        assertThat(first.wrappedKey()).isNotEqualTo(second.wrappedKey());
        assertThat(first.content()).isNotEqualTo(second.content());
        assertThat(new String(first.content(), StandardCharsets.ISO_8859_1)).doesNotContain("KhaiSinh");
        assertThat(first).hasToString((BIRTH.length + 28) + " bytes sealed in epoch " + first.epoch() + " (not shown)");
    }

    @Test
    void a_single_bit_altered_anywhere_breaks_the_integrity() {
        Sealed good = sealer.seal(MINE, BIRTH);
        for (int bit = 0; bit < 8 * good.wrappedKey().length; bit++) {
            altered(new Sealed(1, good.epoch(), flipped(good.wrappedKey(), bit), good.content()));
        }
        for (int bit = 0; bit < 8 * good.content().length; bit++) {
            altered(new Sealed(1, good.epoch(), good.wrappedKey(), flipped(good.content(), bit)));
        }
        for (int bit = 0; bit < Integer.SIZE; bit++) {
            altered(new Sealed(1 ^ (1 << bit), good.epoch(), good.wrappedKey(), good.content()));
        }
        assertThat(sealer.open(MINE, good)).isEqualTo(BIRTH);
    }

    @Test
    void fields_that_are_cut_or_lengthened_break_the_integrity() {
        Sealed good = sealer.seal(MINE, BIRTH);
        for (int length : new int[] {0, 11, 12, 28, 59, 61}) {
            altered(new Sealed(1, good.epoch(), Arrays.copyOf(good.wrappedKey(), length), good.content()));
        }
        for (int length : new int[] {0, 11, 12, 27, 28, good.content().length - 1, good.content().length + 1}) {
            altered(new Sealed(1, good.epoch(), good.wrappedKey(), Arrays.copyOf(good.content(), length)));
        }
    }

    @Test
    void content_or_key_taken_from_another_exchange_breaks_the_integrity() {
        Sealed mine = sealer.seal(MINE, BIRTH);
        Sealed other = sealer.seal(ANOTHER, BIRTH);

        altered(other);
        altered(new Sealed(1, mine.epoch(), mine.wrappedKey(), other.content()));
        altered(new Sealed(1, mine.epoch(), other.wrappedKey(), mine.content()));
        altered(new Sealed(1, mine.epoch(), mine.content(), mine.wrappedKey()));
    }

    @Test
    void the_result_of_a_delivery_opens_for_this_delivery_and_for_no_other_and_is_no_content() {
        DeliveryId delivery = DeliveryId.of(MINE, new SystemId("social-insurance"));
        DeliveryId other = DeliveryId.of(MINE, new SystemId("civil-archive"));
        Sealed result = sealer.sealResult(delivery, BIRTH);

        assertThat(sealer.openResult(delivery, result)).isEqualTo(BIRTH);
        refused(() -> sealer.openResult(other, result), ErrorCode.INTEGRITY_BROKEN, "altered");
        refused(() -> sealer.open(new ExchangeId(delivery.value()), result), ErrorCode.INTEGRITY_BROKEN, "altered");
        refused(
                () -> sealer.openResult(new DeliveryId(MINE.value()), sealer.seal(MINE, BIRTH)),
                ErrorCode.INTEGRITY_BROKEN,
                "altered");
    }

    @Test
    void the_epoch_is_bound_too_and_earlier_epochs_still_open() {
        Sealed earlier = sealer.seal(MINE, BIRTH);
        folder.passes(RingFolder.EPOCH);
        Sealed later = sealer.seal(MINE, BIRTH);

        assertThat(later.epoch()).isGreaterThan(earlier.epoch());
        assertThat(sealer.open(MINE, earlier)).isEqualTo(BIRTH);
        altered(new Sealed(1, later.epoch(), earlier.wrappedKey(), earlier.content()));
    }

    @Test
    void a_destroyed_or_lost_key_is_not_mistaken_for_altered_content_and_its_epoch_is_named() {
        Sealed sealed = sealer.seal(MINE, BIRTH);
        folder.passes(RingFolder.EPOCH);
        ring.current();
        folder.passes(RingFolder.EPOCH);
        ring.current();
        ring.destroyUnused(Set.of());

        refused(() -> sealer.open(MINE, sealed), ErrorCode.GUARANTEE_UNAVAILABLE, "epoch " + sealed.epoch());
        refused(
                () -> sealer.open(MINE, new Sealed(1, -1, sealed.wrappedKey(), sealed.content())),
                ErrorCode.GUARANTEE_UNAVAILABLE,
                "epoch -1");
    }

    @Test
    void a_destroyed_key_is_zero_in_memory_and_no_cipher_takes_it() throws Exception {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) 7);
        AesKey key = new AesKey(bytes);
        assertThat(key.toString()).doesNotContain("7");
        key.destroy();

        assertThat(bytes).containsOnly(0);
        assertThat(key.isDestroyed()).isTrue();
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        assertThatThrownBy(() -> cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(128, new byte[12])))
                .isInstanceOf(InvalidKeyException.class);
    }

    @Test
    void what_was_sealed_in_parts_opens_as_it_was_whatever_its_size() {
        for (int size : new int[] {1, Sealer.PART - 1, Sealer.PART, Sealer.PART + 1, 3 * Sealer.PART + 17}) {
            byte[] content = new byte[size];
            new java.util.Random(size).nextBytes(content);
            InParts sealed = inParts(MINE, content);

            assertThat(sealed.head().format()).isEqualTo(2);
            assertThat(sealed.head().epoch()).isEqualTo(ring.current());
            assertThat(sealed.head().wrappedKey()).hasSize(60);
            assertThat(java.nio.ByteBuffer.wrap(sealed.head().content()).getLong())
                    .isEqualTo(size);
            assertThat(sealed.parts()).hasSize((size + Sealer.PART - 1) / Sealer.PART);
            assertThat(opened(MINE, sealed)).isEqualTo(content);
        }
    }

    @Test
    void a_part_that_is_altered_cut_swapped_repeated_dropped_or_another_exchanges_breaks_the_integrity() {
        byte[] content = new byte[2 * Sealer.PART + 5];
        new java.util.Random(7).nextBytes(content);
        InParts good = inParts(MINE, content);
        InParts other = inParts(MINE, content);
        List<byte[]> parts = good.parts();
        byte[] first = parts.get(0);
        byte[] second = parts.get(1);
        byte[] last = parts.get(2);

        for (int at : new int[] {0, 11, 12, 1_000, first.length - 1}) {
            broken(good.head(), List.of(flipped(first, 8 * at), second, last));
        }
        broken(good.head(), List.of(first, second, flipped(last, 0)));
        broken(good.head(), List.of(first, second, Arrays.copyOf(last, last.length - 1)));
        broken(good.head(), List.of(Arrays.copyOf(first, first.length - 1), second, last));
        broken(good.head(), List.of(second, first, last));
        broken(good.head(), List.of(first, first, last));
        broken(good.head(), List.of(other.parts().get(0), second, last));
        // one part less, and a head that says so: the part that ends it now was not sealed as the last
        broken(ofLength(good.head(), 2 * Sealer.PART), List.of(first, second));
        broken(ofLength(good.head(), Sealer.PART), List.of(first));
        // one part more, of the content itself or of the same beginning
        broken(ofLength(good.head(), 3 * Sealer.PART + 5), List.of(first, second, second, last));
        broken(ofLength(good.head(), content.length - 1), parts);
        broken(ofLength(good.head(), content.length + 1), parts);
        broken(ofLength(good.head(), 0), parts);
        broken(ofLength(good.head(), -1), parts);
        broken(other.head(), parts);
        assertThat(opened(MINE, good)).isEqualTo(content);
    }

    @Test
    void the_head_of_parts_is_bound_to_its_exchange_and_its_format() {
        byte[] content = new byte[Sealer.PART + 1];
        InParts good = inParts(MINE, content);
        Sealed head = good.head();

        refused(() -> opened(ANOTHER, good), ErrorCode.INTEGRITY_BROKEN, "altered");
        for (int bit = 0; bit < 8 * head.wrappedKey().length; bit += 7) {
            broken(new Sealed(2, head.epoch(), flipped(head.wrappedKey(), bit), head.content()), good.parts());
        }
        broken(new Sealed(1, head.epoch(), head.wrappedKey(), head.content()), good.parts());
        broken(new Sealed(2, head.epoch(), Arrays.copyOf(head.wrappedKey(), 59), head.content()), good.parts());
        broken(new Sealed(2, head.epoch(), head.wrappedKey(), new byte[7]), good.parts());
        // neither format opens as the other
        altered(head);
        Sealed small = sealer.seal(MINE, new byte[] {1, 2, 3});
        broken(new Sealed(2, small.epoch(), small.wrappedKey(), head.content()), good.parts());
        altered(new Sealed(1, head.epoch(), head.wrappedKey(), good.parts().get(1)));
        refused(
                () -> sealer.parts(MINE, new Sealed(2, -1, head.wrappedKey(), head.content())),
                ErrorCode.GUARANTEE_UNAVAILABLE,
                "epoch -1");
    }

    /** As they lie in the database: the row that opens them, and the parts in their order. */
    private record InParts(Sealed head, List<byte[]> parts) {}

    private InParts inParts(ExchangeId exchange, byte[] content) {
        List<byte[]> parts = new java.util.ArrayList<>();
        try (Sealer.Sealing sealing = sealer.inParts(exchange)) {
            for (int at = 0; at < content.length; at += Sealer.PART) {
                int end = Math.min(content.length, at + Sealer.PART);
                parts.add(sealing.next(Arrays.copyOfRange(content, at, end), end - at, end == content.length));
            }
            return new InParts(sealing.sealed(), parts);
        }
    }

    private byte[] opened(ExchangeId exchange, InParts sealed) {
        return opened(sealer, exchange, sealed);
    }

    private static byte[] opened(Sealer sealer, ExchangeId exchange, InParts sealed) {
        java.io.ByteArrayOutputStream content = new java.io.ByteArrayOutputStream();
        try (Sealer.Opening opening = sealer.parts(exchange, sealed.head())) {
            for (int number = 0; number < opening.count(); number++) {
                content.writeBytes(opening.open(number, sealed.parts().get(number)));
            }
        }
        return content.toByteArray();
    }

    private static Sealed ofLength(Sealed head, long length) {
        return new Sealed(
                2,
                head.epoch(),
                head.wrappedKey(),
                java.nio.ByteBuffer.allocate(8).putLong(length).array());
    }

    private void broken(Sealed head, List<byte[]> parts) {
        refused(() -> opened(MINE, new InParts(head, parts)), ErrorCode.INTEGRITY_BROKEN, "altered");
    }

    /** The example was made without the bus, so a change of the format cannot pass by changing both directions. */
    @Test
    void the_example_of_the_page_opens_with_the_key_file_of_the_page() throws IOException {
        long epoch = Long.parseLong(example("epoch"));
        ring.close();
        Path file = Files.write(folder.file(epoch), HexFormat.of().parseHex(example("key file")));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        ring = folder.open();
        Sealed sealed = new Sealed(
                1,
                epoch,
                HexFormat.of().parseHex(example("wrappedKey")),
                HexFormat.of().parseHex(example("content")));

        assertThat(new Sealer(ring).open(ExchangeId.of(example("exchange")), sealed))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo(example("message"));
    }

    @Test
    void the_example_of_the_page_in_parts_opens_too() throws IOException {
        long epoch = Long.parseLong(example("epoch"));
        ring.close();
        Path file = Files.write(folder.file(epoch), HexFormat.of().parseHex(example("key file")));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        ring = folder.open();
        Sealed head = new Sealed(
                2,
                epoch,
                HexFormat.of().parseHex(example("wrappedKey of format 2")),
                HexFormat.of().parseHex(example("content of format 2")));

        assertThat(opened(
                        new Sealer(ring),
                        ExchangeId.of(example("exchange")),
                        new InParts(head, List.of(HexFormat.of().parseHex(example("part 0"))))))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo(example("message"));
    }

    private static String example(String what) {
        List<String> found = Page.at("docs/reference/sealed-format.md").rows().stream()
                .filter(row -> row.get(0).equals(what))
                .map(row -> row.get(1).replace("`", ""))
                .toList();
        assertThat(found).as(what).hasSize(1);
        return found.get(0);
    }

    private static byte[] flipped(byte[] bytes, int bit) {
        byte[] copy = bytes.clone();
        copy[bit / 8] ^= (byte) (1 << (bit % 8));
        return copy;
    }

    private void altered(Sealed sealed) {
        refused(() -> sealer.open(MINE, sealed), ErrorCode.INTEGRITY_BROKEN, "altered");
    }

    private static void refused(ThrowingCallable opening, ErrorCode code, String detail) {
        assertThatThrownBy(opening)
                .isInstanceOfSatisfying(BusException.class, refused -> assertThat(refused.code())
                        .isEqualTo(code))
                .hasMessageContaining(detail);
    }
}
