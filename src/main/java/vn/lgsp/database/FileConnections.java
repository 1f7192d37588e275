package vn.lgsp.database;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLNonTransientConnectionException;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.h2.api.ErrorCode;

/**
 * Connections to the file of H2, until H2 gives the file up, as it does when the disk is full. From then on every connection that there
 * is fails at whatever it is asked, for good; and none is opened here any more, for the file has to be mended first ({@link KilledFile}).
 * H2 says neither of it: it calls such a connection valid, and would open the file as it lies.
 */
final class FileConnections implements DataSource {
    private static final Set<Integer> CLOSED =
            Set.of(ErrorCode.DATABASE_IS_CLOSED, ErrorCode.DATABASE_CALLED_AT_SHUTDOWN);

    private final String url;
    private final Runnable givenUp;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile int loginTimeout;

    /** @param givenUp is run once, by whoever finds out */
    FileConnections(String url, Runnable givenUp) {
        this.url = url;
        this.givenUp = givenUp;
    }

    /** Whether H2 has given the file up. */
    boolean isOver() {
        return over.get();
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        if (over.get()) {
            throw new SQLNonTransientConnectionException("the database has given its file up");
        }
        return DriverManager.getConnection(url, user, password);
    }

    /** Looks at each failure of a connection. */
    SQLExceptionOverride watch() {
        return new Watch();
    }

    private final class Watch implements SQLExceptionOverride {
        // its interface has an Override of its own
        @java.lang.Override
        public SQLExceptionOverride.Override adjudicate(SQLException failure) {
            if (!CLOSED.contains(failure.getErrorCode())) {
                return SQLExceptionOverride.Override.CONTINUE_EVICT;
            }
            if (over.compareAndSet(false, true)) {
                givenUp.run();
            }
            return SQLExceptionOverride.Override.MUST_EVICT;
        }
    }

    @Override
    public Connection getConnection() throws SQLException {
        throw new SQLFeatureNotSupportedException("name the user");
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public void setLoginTimeout(int seconds) {
        loginTimeout = seconds;
    }

    /** So long the pool, when it is closed, waits for a connection that is just being made; one left behind would keep the file locked. */
    @Override
    public int getLoginTimeout() {
        return loginTimeout;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public <T> T unwrap(Class<T> wanted) throws SQLException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public boolean isWrapperFor(Class<?> wanted) {
        return false;
    }
}
