package vn.lgsp.record;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import vn.lgsp.database.Database;
import vn.lgsp.database.DatabaseSettings;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Passage;

/** A process that records exchanges as fast as it can, says of each when it is durable, and waits to be killed. */
final class KilledBus {
    private static final int WAITERS = 16;

    private final Recorder recorder;
    private final ExecutorService loop = Executors.newSingleThreadExecutor();
    private final OutputStream out = new FileOutputStream(FileDescriptor.out);
    private int turn;

    private KilledBus(Path data) {
        recorder = new Recorder(
                settings(data), new Database(DatabaseSettings.under(data)), Passages.catalogue(), Clock.systemUTC());
    }

    /** The first argument is the data folder. */
    public static void main(String[] arguments) {
        KilledBus bus = new KilledBus(Path.of(arguments[0]));
        for (int i = 0; i < WAITERS; i++) {
            bus.loop.execute(bus::next);
        }
    }

    static RecordSettings settings(Path data) {
        return TestRecorder.with(RecordSettings.under(data), 256 * 1024, 256 * 1024 * 1024);
    }

    /** On the loop alone: one exchange of sixteen at a time is refused before it is opened, one is amended after its end. */
    private void next() {
        int kind = turn++ % 16;
        Passage passage = Passages.granted(Clock.systemUTC().instant(), loop);
        if (kind == 0) {
            passage.asksFor(new vn.lgsp.message.ServiceKey(new vn.lgsp.message.ServiceId("asked-" + turn), 1));
            recorder.close(Passages.refuse(passage, ErrorCode.GRANT_MISSING), refusal -> {
                say("refused", passage);
                next();
            });
            return;
        }
        recorder.open(passage, refused -> {
            refused.ifPresent(failure -> {
                throw failure;
            });
            say("opened", passage);
            recorder.close(Passages.answer(passage), unclosed -> {
                unclosed.ifPresent(failure -> {
                    throw failure;
                });
                say("answered", passage);
                if (kind == 1) {
                    passage.callerGone();
                    recorder.amend(passage);
                }
                next();
            });
        });
    }

    private void say(String what, Passage passage) {
        try {
            out.write((what + " " + passage.id() + "\n").getBytes(StandardCharsets.US_ASCII));
        } catch (IOException nobodyListens) {
            throw new UncheckedIOException(nobodyListens);
        }
    }
}
