package vn.lgsp.database;

import java.nio.file.Path;

/**
 * Where the bus keeps records and guaranteed deliveries.
 *
 * @param url JDBC address; {@code jdbc:h2:} (embedded) or {@code jdbc:postgresql:}
 * @param user of the database
 * @param password of the database; printed as {@code ***}
 */
public record DatabaseSettings(String url, String user, String password) {
    public DatabaseSettings {
        if (!url.startsWith("jdbc:h2:") && !url.startsWith("jdbc:postgresql:")) {
            throw new IllegalArgumentException("lgsp.database.url has to begin with jdbc:h2: or jdbc:postgresql:");
        }
    }

    /** An embedded database below the data folder. */
    public static DatabaseSettings under(Path data) {
        return new DatabaseSettings(
                "jdbc:h2:file:" + data.resolve("database").resolve("lgsp").toAbsolutePath(), "lgsp", "");
    }

    /** The same user, elsewhere. */
    public DatabaseSettings at(String address) {
        return new DatabaseSettings(address, user, password);
    }

    @Override
    public String toString() {
        return "DatabaseSettings[url=" + url.replaceAll("[?;].*", "") + ", user=" + user + ", password=***]";
    }
}
