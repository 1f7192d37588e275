package vn.lgsp.hold;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import vn.lgsp.database.Database;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Content;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.seal.Sealed;
import vn.lgsp.seal.Sealer;

/**
 * The parts of content that is too large to be sealed as one piece, in the database. They are written before the row that opens them, in
 * transactions of their own; until that row is committed nobody could open them, and where it never is, or is gone, they are swept.
 * Blocks.
 *
 * <p>Whoever commits a row that opens parts locks them in the same transaction, and whoever sweeps locks them before it looks for the
 * row: so no parts go that a row needs.
 *
 * @see "MSG-01, MSG-06"
 */
public final class SealedParts {
    /** So many parts are one transaction: few enough to be held in memory, and many enough for a sync of the disk. */
    private static final int TOGETHER = 4;

    private static final int MOST_SWEPT = 20;

    private static final String UNNEEDED =
            " not exists (select 1 from sealed_content c where c.exchange_id = sealed_parts.owner_id)"
                    + " and not exists (select 1 from mailbox_content m where m.packet_id = sealed_parts.owner_id)";

    private final Database database;
    private final Clock clock;

    public SealedParts(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * Seals a content and writes its parts.
     *
     * @return the row that opens them, to be committed with {@link #lock}
     * @throws BusException {@code guarantee-unavailable}, when the database or the key ring does not take them; then nothing is kept
     */
    public Sealed keep(Sealer sealer, ExchangeId owner, Content content) {
        try (Sealer.Sealing sealing = sealer.inParts(owner);
                InputStream from = content.open()) {
            byte[] buffer = new byte[Sealer.PART];
            long left = content.length();
            for (int number = 0; left > 0; ) {
                try (Connection connection = database.connection()) {
                    connection.setAutoCommit(false);
                    if (number == 0) {
                        begin(connection, owner.value());
                    }
                    for (int some = 0; some < TOGETHER && left > 0; some++) {
                        int count = from.readNBytes(buffer, 0, (int) Math.min(left, buffer.length));
                        left -= count;
                        if (count < buffer.length && left > 0) {
                            throw new EOFException("a held content is shorter than it says");
                        }
                        insert(connection, owner.value(), number++, sealing.next(buffer, count, left == 0));
                    }
                    connection.commit();
                }
            }
            return sealing.sealed();
        } catch (SQLException away) {
            forget(owner);
            throw new BusException(
                    ErrorCode.GUARANTEE_UNAVAILABLE,
                    "the database does not take it, and nothing of it is kept: try again",
                    away);
        } catch (IOException broken) {
            forget(owner);
            throw new UncheckedIOException(broken);
        }
    }

    private void begin(Connection connection, UUID owner) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("insert into sealed_parts (owner_id, created_at) values (?, ?)")) {
            insert.setObject(1, owner);
            insert.setObject(2, clock.instant().atOffset(ZoneOffset.UTC));
            insert.executeUpdate();
        }
    }

    private static void insert(Connection connection, UUID owner, int number, byte[] part) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("insert into sealed_part (owner_id, number, content) values (?, ?, ?)")) {
            insert.setObject(1, owner);
            insert.setInt(2, number);
            insert.setBytes(3, part);
            insert.executeUpdate();
        }
    }

    /**
     * Sees in the transaction that commits a row that its parts are there, and stay until it has ended.
     *
     * @throws SQLException when they are not
     */
    public static void lock(Connection connection, UUID owner) throws SQLException {
        if (!isLocked(connection, owner)) {
            throw new SQLException("the parts of " + owner + " were swept before they were needed");
        }
    }

    private static boolean isLocked(Connection connection, UUID owner) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("select owner_id from sealed_parts where owner_id = ? for update")) {
            select.setObject(1, owner);
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    /**
     * The content that parts hold. It is opened while it is read, each part for itself: what was altered, cut, swapped or dropped fails
     * there as {@code integrity-broken}, and a database that does not answer as {@code guarantee-unavailable}.
     *
     * @throws BusException as {@link Sealer#parts} does
     */
    public Content open(Sealer sealer, ExchangeId owner, Sealed sealed) {
        try (Sealer.Opening opening = sealer.parts(owner, sealed)) {
            return new Parts(sealer, owner, sealed, opening.length());
        }
    }

    /** Deletes the parts of an owner whose row is gone, or never came; those that a row needs stay. */
    public void forget(ExchangeId owner) {
        try {
            forget(owner.value());
        } catch (SQLException away) {
            // they are swept later
        }
    }

    private void forget(UUID owner) throws SQLException {
        try (Connection connection = database.connection()) {
            connection.setAutoCommit(false);
            if (isLocked(connection, owner)) {
                try (PreparedStatement delete =
                        connection.prepareStatement("delete from sealed_parts where owner_id = ? and" + UNNEEDED)) {
                    delete.setObject(1, owner);
                    delete.executeUpdate();
                }
            }
            connection.commit();
        }
    }

    /**
     * Deletes parts that were begun before this time and that no row needs, of a few owners at a time.
     *
     * @return of how many
     * @throws BusException {@code guarantee-unavailable}
     */
    public int sweep(Instant before) {
        try {
            List<UUID> left = new ArrayList<>();
            try (Connection connection = database.connection();
                    PreparedStatement select = connection.prepareStatement(
                            "select owner_id from sealed_parts where created_at < ? and" + UNNEEDED + " limit ?")) {
                select.setObject(1, before.atOffset(ZoneOffset.UTC));
                select.setInt(2, MOST_SWEPT);
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        left.add(row.getObject("owner_id", UUID.class));
                    }
                }
            }
            for (UUID owner : left) {
                forget(owner);
            }
            return left.size();
        } catch (SQLException away) {
            throw new BusException(
                    ErrorCode.GUARANTEE_UNAVAILABLE, "the database of deliveries does not answer: try again", away);
        }
    }

    private byte[] part(UUID owner, int number) {
        try (Connection connection = database.connection();
                PreparedStatement select = connection.prepareStatement(
                        "select content from sealed_part where owner_id = ? and number = ?")) {
            select.setObject(1, owner);
            select.setInt(2, number);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    throw new BusException(
                            ErrorCode.INTEGRITY_BROKEN, "a part of the sealed content is not there any more");
                }
                try (InputStream stored = row.getBinaryStream("content")) {
                    byte[] part = new byte[Sealer.PART + Sealer.LONGER];
                    int length = stored.readNBytes(part, 0, part.length);
                    return length == part.length ? part : Arrays.copyOf(part, length);
                }
            }
        } catch (SQLException | IOException away) {
            throw new BusException(
                    ErrorCode.GUARANTEE_UNAVAILABLE, "the database of deliveries does not answer: try again", away);
        }
    }

    private final class Parts implements Content {
        private final Sealer sealer;
        private final ExchangeId owner;
        private final Sealed sealed;
        private final long length;

        Parts(Sealer sealer, ExchangeId owner, Sealed sealed, long length) {
            this.sealer = sealer;
            this.owner = owner;
            this.sealed = sealed;
            this.length = length;
        }

        @Override
        public long length() {
            return length;
        }

        @Override
        public InputStream open() {
            return new Reading(sealer.parts(owner, sealed), owner.value());
        }

        @Override
        public String toString() {
            return length + " bytes (content not shown)";
        }
    }

    private final class Reading extends InputStream {
        private final Sealer.Opening opening;
        private final UUID owner;
        private byte[] plain = new byte[0];
        private int at;
        private int number;

        Reading(Sealer.Opening opening, UUID owner) {
            this.opening = opening;
            this.owner = owner;
        }

        @Override
        public int read() {
            return fill() ? plain[at++] & 0xff : -1;
        }

        @Override
        public int read(byte[] to, int offset, int count) {
            if (count == 0) {
                return 0;
            }
            if (!fill()) {
                return -1;
            }
            int some = Math.min(count, plain.length - at);
            System.arraycopy(plain, at, to, offset, some);
            at += some;
            return some;
        }

        private boolean fill() {
            if (at < plain.length) {
                return true;
            }
            if (number == opening.count()) {
                return false;
            }
            plain = opening.open(number, part(owner, number));
            at = 0;
            number++;
            return true;
        }

        @Override
        public int available() {
            return plain.length - at;
        }

        @Override
        public void close() {
            opening.close();
        }
    }
}
