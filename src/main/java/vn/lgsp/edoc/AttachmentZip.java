package vn.lgsp.edoc;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Refused;
import vn.lgsp.failure.Rule;

/** The ZIP that the content of an attachment mostly is: one entry, the document. Nothing is ever written under a name of an entry. */
public final class AttachmentZip {
    private static final byte[] MAGIC = {'P', 'K', 3, 4};

    /** What of the first header says whether it can be read: signature, version, flags, method. */
    private static final int HEADER = 10;

    /** Of names not marked as UTF-8: Windows writes them in a code page. None is used; they are looked through for signs of ASCII. */
    private static final Charset NAMES = StandardCharsets.ISO_8859_1;

    private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);
    private static final Pattern LEADS_AWAY =
            Pattern.compile("(?s)^[/\\\\].*|^[A-Za-z]:.*|(.*[/\\\\])?\\.\\.([/\\\\].*)?|.*\\p{Cntrl}.*");

    /** Up to this size what is inside may be as small as it likes when packed. */
    private static final long ANY_RATIO = 1 << 20;

    /** How many times the limit of an attachment all entries of one that is no wrapping may make together. */
    private static final int ENTRIES_TOGETHER = 4;

    private AttachmentZip() {}

    /**
     * Makes the content of an attachment of a document; the same bytes each time.
     *
     * @param name of the one entry
     * @param to stays open
     */
    public static void pack(String name, InputStream document, OutputStream to) throws IOException {
        ZipOutputStream zip = new ZipOutputStream(to, StandardCharsets.UTF_8);
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(NO_TIME);
        zip.putNextEntry(entry);
        document.transferTo(zip);
        zip.closeEntry();
        zip.finish();
        zip.flush();
    }

    /**
     * The document of an attachment.
     *
     * @param content as the sink of the reader got it; stays open
     * @param to stays open
     * @return bytes written
     * @throws Refused where it is not what the reader saw
     */
    public static long unpack(Attachment attachment, InputStream content, OutputStream to, EdxmlSettings settings)
            throws IOException {
        try {
            if (attachment.form() == Attachment.Form.PLAIN) {
                return copy(content, to, settings.attachmentLimit());
            }
            ZipInputStream zip = new ZipInputStream(content, NAMES);
            if (zip.getNextEntry() == null) {
                throw new Unfit(Rule.EDOC_ZIP_BROKEN);
            }
            return copy(zip, to, settings.attachmentLimit());
        } catch (Unfit changed) {
            throw refused(attachment, changed);
        } catch (ZipException | EOFException | IllegalArgumentException changed) {
            throw refused(attachment, new Unfit(Rule.EDOC_ZIP_BROKEN));
        }
    }

    private static Refused refused(Attachment attachment, Unfit why) {
        return new Refused(Finding.of(why.rule(), attachment.fileName(), 0, why.arguments(attachment.number())));
    }

    private static long copy(InputStream from, OutputStream to, long most) throws IOException {
        byte[] piece = new byte[16 << 10];
        long size = 0;
        for (int count = from.read(piece); count >= 0; count = from.read(piece)) {
            size += count;
            if (size > most) {
                throw new Unfit(Rule.EDOC_ATTACHMENT_LARGE, Long.toString(most));
            }
            to.write(piece, 0, count);
        }
        return size;
    }

    /** Whether a name could lead out of a folder. */
    static boolean leadsAway(String name) {
        return LEADS_AWAY.matcher(name).matches();
    }

    /**
     * Reads the content of an attachment to its end.
     *
     * @param closed told of a ZIP that nobody can look into: it is a document itself then
     * @return what it is, by its bytes
     * @throws Unfit where it is a ZIP that nobody should open
     */
    static Attachment.Form inspect(InputStream content, EdxmlSettings settings, Runnable closed) throws IOException {
        byte[] begin = content.readNBytes(HEADER);
        Attachment.Form form = Attachment.Form.PLAIN;
        if (begin.length >= MAGIC.length && Arrays.equals(begin, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            if (begin.length == HEADER && isClosed(begin)) {
                closed.run();
            } else {
                Counted stored = new Counted(new SequenceInputStream(new ByteArrayInputStream(begin), content));
                try {
                    form = inspectZip(stored, settings);
                } catch (ZipException | EOFException | IllegalArgumentException broken) {
                    throw new Unfit(Rule.EDOC_ZIP_BROKEN);
                }
            }
        }
        content.transferTo(OutputStream.nullOutputStream());
        return form;
    }

    /** With a password, packed by another method, or stored so that only its end says how long it is. */
    private static boolean isClosed(byte[] header) {
        int flags = header[6] & 0xff | (header[7] & 0xff) << 8;
        int method = header[8] & 0xff | (header[9] & 0xff) << 8;
        boolean stored = method == ZipEntry.STORED;
        return (flags & 1) != 0 || !stored && method != ZipEntry.DEFLATED || stored && (flags & 8) != 0;
    }

    private static Attachment.Form inspectZip(Counted stored, EdxmlSettings settings) throws IOException {
        ZipInputStream zip = new ZipInputStream(stored, NAMES);
        byte[] piece = new byte[16 << 10];
        long size = 0;
        int entries = 0;
        for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
            entries++;
            if (entries > settings.zipEntries()) {
                throw new Unfit(Rule.EDOC_ZIP_ENTRIES, Integer.toString(settings.zipEntries()));
            } else if (leadsAway(entry.getName())) {
                throw new Unfit(Rule.EDOC_ZIP_PATH);
            }
            long most = settings.attachmentLimit() * (entries == 1 ? 1 : ENTRIES_TOGETHER);
            for (int count = zip.read(piece); count >= 0; count = zip.read(piece)) {
                size += count;
                if (size > ANY_RATIO && size / settings.zipRatio() > stored.count) {
                    throw new Unfit(Rule.EDOC_ZIP_RATIO, Integer.toString(settings.zipRatio()));
                } else if (size > most) {
                    throw new Unfit(Rule.EDOC_ATTACHMENT_LARGE, Long.toString(most));
                }
            }
        }
        if (entries == 0) {
            throw new Unfit(Rule.EDOC_ZIP_BROKEN);
        }
        return entries == 1 ? Attachment.Form.PACKED : Attachment.Form.PLAIN;
    }

    private static final class Counted extends FilterInputStream {
        private long count;

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int value = super.read();
            count += value < 0 ? 0 : 1;
            return value;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            int got = super.read(to, offset, length);
            count += Math.max(0, got);
            return got;
        }
    }
}
