package vn.lgsp.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Passage;

class EntryCodecTest {
    private final EntryCodec codec = new EntryCodec(7);
    private final Entry whole = new Entry(
            Entry.Kind.CLOSED,
            ExchangeRecord.closed(
                    Passages.answer(Passages.granted()),
                    Passages.catalogue().now(),
                    Passages.NOON.plusMillis(12),
                    System.nanoTime()));

    private ByteBuffer encoded(Entry entry) {
        ByteBuffer buffer = ByteBuffer.allocate(EntryCodec.LONGEST_ENTRY);
        codec.encode(entry, buffer);
        return buffer.flip();
    }

    @Test
    void an_entry_with_every_field_comes_back_as_it_was() {
        assertThat(codec.decode(encoded(whole))).contains(whole);
        assertThat(whole.exchange().providerAgency()).isPresent();
        assertThat(encoded(whole).remaining()).isLessThan(600);
    }

    @Test
    void an_entry_of_the_release_before_that_knew_nobody_behind_a_platform_is_read() {
        ByteBuffer today = encoded(whole);
        int claim = Short.BYTES + Passages.BEHIND.value().length();
        ByteBuffer before = ByteBuffer.allocate(today.limit() - claim)
                .put(today.duplicate().limit(today.limit() - claim))
                .flip();
        before.putInt(0, before.limit() - 8);
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(Long.BYTES).putLong(0, 7));
        crc.update(before.duplicate().position(8));
        before.putInt(4, (int) crc.getValue());

        assertThat(codec.decode(before).orElseThrow().exchange()).satisfies(read -> {
            assertThat(read.onBehalfOf()).isEmpty();
            assertThat(read.salt()).isEqualTo(whole.exchange().salt());
        });
        assertThat(before.hasRemaining()).isFalse();
    }

    @Test
    void an_entry_of_an_exchange_that_nobody_is_known_of_comes_back_as_it_was() {
        Passage passage = Passages.refuse(Passages.received(), ErrorCode.CONSUMER_UNKNOWN);
        for (ExchangeRecord bare : java.util.List.of(
                ExchangeRecord.opened(passage, Passages.catalogue().now()),
                ExchangeRecord.closed(passage, Passages.catalogue().now(), Passages.NOON, System.nanoTime())
                        .times(7_000, Passages.NOON.plusSeconds(1)))) {
            Entry entry = new Entry(Entry.Kind.CARRIED, bare);
            assertThat(codec.decode(encoded(entry))).contains(entry);
        }
    }

    @Test
    void the_longest_texts_still_fit_and_control_characters_do_not_pass() {
        String long3 = "ữ".repeat(5_000);
        Passage passage =
                new Passage(ExchangeId.at(0), Instant.EPOCH, 0, long3, "line\u0000one\nline two", Runnable::run);
        passage.grantedBy(long3);
        passage.handledBy(long3);
        passage.failed(ErrorCode.PROVIDER_FAILED, long3);
        ExchangeRecord record =
                ExchangeRecord.opened(passage, Passages.catalogue().now());

        assertThat(codec.decode(encoded(new Entry(Entry.Kind.OPENED, record))))
                .contains(new Entry(Entry.Kind.OPENED, record));
        assertThat(record.form()).hasSize(ExchangeRecord.LONGEST_TEXT);
        assertThat(record.correlation()).isEqualTo("line?one?line two");
    }

    @Test
    void an_entry_cut_at_any_byte_is_no_entry() {
        ByteBuffer all = encoded(whole);
        for (int length = 0; length < all.limit(); length++) {
            assertThat(codec.decode(all.duplicate().limit(length))).isEmpty();
            ByteBuffer torn = ByteBuffer.allocate(all.limit() + 64);
            torn.put(all.duplicate().limit(length)).rewind();
            assertThat(codec.decode(torn))
                    .as("the first %d bytes, then zeros", length)
                    .matches(found -> found.isEmpty() || found.equals(Optional.of(whole)));
            if (length < all.limit() - 32) {
                assertThat(codec.decode(torn.rewind())).isEmpty();
            }
        }
    }

    @Test
    void an_entry_with_any_bit_turned_is_no_entry() {
        ByteBuffer all = encoded(whole);
        for (int bit = 0; bit < all.limit() * 8; bit++) {
            ByteBuffer turned =
                    ByteBuffer.allocate(all.limit()).put(all.duplicate()).flip();
            turned.put(bit / 8, (byte) (turned.get(bit / 8) ^ (1 << (bit % 8))));
            assertThat(codec.decode(turned)).isEmpty();
            assertThat(turned.position()).isZero();
        }
    }

    @Test
    void an_entry_or_a_mark_that_an_earlier_use_of_the_file_left_behind_is_none() {
        EntryCodec later = new EntryCodec(8);
        ByteBuffer mark = ByteBuffer.allocate(EntryCodec.MARK);
        codec.encodeMark(mark);

        assertThat(later.decode(encoded(whole))).isEmpty();
        assertThat(codec.isMark(mark.flip())).isTrue();
        assertThat(later.isMark(mark)).isFalse();
        assertThat(codec.isMark(encoded(whole))).isFalse();
    }

    @Test
    void an_entry_of_a_newer_format_is_not_guessed_at() {
        ByteBuffer newer = encoded(whole);
        newer.put(8, (byte) 2);
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(Long.BYTES).putLong(0, 7));
        crc.update(newer.duplicate().position(8));
        newer.putInt(4, (int) crc.getValue());

        assertThatThrownBy(() -> codec.decode(newer)).hasMessageContaining("format 2");
    }
}
