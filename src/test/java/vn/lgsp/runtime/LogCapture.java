package vn.lgsp.runtime;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.apache.logging.log4j.core.layout.PatternLayout;

/** All that is logged while it is open, at the levels of production, with messages, values and stack traces whole. */
final class LogCapture extends AbstractAppender implements AutoCloseable {
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final LoggerContext context = (LoggerContext) LogManager.getContext(false);

    private LogCapture() {
        super(
                "capture",
                null,
                PatternLayout.newBuilder().withPattern("%p %c %m %X %xEx%n").build(),
                false,
                Property.EMPTY_ARRAY);
    }

    static LogCapture everything() {
        LogCapture capture = new LogCapture();
        capture.start();
        capture.context.getConfiguration().getRootLogger().addAppender(capture, Level.ALL, null);
        capture.context.updateLoggers();
        return capture;
    }

    @Override
    public void append(LogEvent event) {
        lines.add(toSerializable(event).toString());
    }

    String text() {
        return lines.stream().collect(Collectors.joining());
    }

    @Override
    public void close() {
        context.getConfiguration().getRootLogger().removeAppender(getName());
        context.updateLoggers();
        stop();
    }
}
