package vn.lgsp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Ports for servers that are started later. None is given twice, and none is one that the system itself gives to connections, or that
 * the tests beside these take: each process of tests has a range of its own.
 */
public final class FreePorts {
    private static final int LOWEST = 12_000;
    private static final int IN_A_RANGE = 1_000;
    /** Of the three that run side by side, and of what another start of all tests may run at the same time. */
    private static final int FIRST = LOWEST
            + ((int) (ProcessHandle.current().pid() % 5) * 4 + Integer.getInteger("surefire.forkNumber", 0) % 4)
                    * IN_A_RANGE;

    private static final AtomicInteger NEXT = new AtomicInteger();

    private FreePorts() {}

    public static int one() {
        for (int tried = 0; tried < IN_A_RANGE; tried++) {
            int port = FIRST + Math.floorMod(NEXT.getAndIncrement(), IN_A_RANGE);
            try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return free.getLocalPort();
            } catch (IOException taken) {
                continue;
            }
        }
        throw new IllegalStateException("no port from " + FIRST + " on is free");
    }

    public static List<Integer> some(int count) {
        return IntStream.range(0, count).mapToObj(i -> one()).toList();
    }
}
