package vn.lgsp.broker;

import static vn.lgsp.message.Range.within;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Which broker the bus uses, and how outside consumers reach the embedded one.
 *
 * @param url of an outside Artemis, such as {@code tcp://broker:61616}; empty (default) for the embedded broker
 * @param host address that the embedded broker's port binds to; anything but loopback needs a certificate, a key and a registry that
 *     is not the sample; default 127.0.0.1
 * @param port of the embedded broker; 0 (any free one, for tests) to 65535, default 61616
 * @param user of the bus at an outside broker; present exactly when {@code url} is
 * @param password of that user; printed as {@code ***}
 * @param certificate PEM file with the certificate chain of the embedded broker's port, for TLS (MSG-03); needs {@code key}
 * @param key PEM file with its private key
 * @param folder of the embedded broker's journal; it needs a disk that keeps what it says it has synced
 */
public record BrokerSettings(
        Optional<String> url,
        String host,
        int port,
        Optional<String> user,
        String password,
        Optional<Path> certificate,
        Optional<Path> key,
        Path folder) {
    public BrokerSettings {
        within("lgsp.broker.port", port, 0, 65_535);
        if (host.isBlank()) {
            throw new IllegalArgumentException("lgsp.broker.host is empty: write an address of this machine");
        }
        if (url.isPresent() != user.isPresent()) {
            throw new IllegalArgumentException("lgsp.broker.url and lgsp.broker.user belong together: write both for an"
                    + " outside broker, or neither for the embedded one");
        }
        if (url.isPresent() && !url.get().matches("\\(?tcp://.+")) {
            throw new IllegalArgumentException(
                    "lgsp.broker.url is not the address of an Artemis broker: write tcp://host:port, or"
                            + " (tcp://one:port,tcp://other:port)");
        }
        if (url.isEmpty() && !password.isEmpty()) {
            throw new IllegalArgumentException(
                    "lgsp.broker.password is for an outside broker: write lgsp.broker.url too," + " or take it out");
        }
        if (certificate.isPresent() != key.isPresent()) {
            throw new IllegalArgumentException(
                    "lgsp.broker.certificate and lgsp.broker.key belong together: write both, or neither");
        }
    }

    /** The embedded broker with its journal in this folder, on this port of loopback. */
    public static BrokerSettings embedded(Path folder, int port) {
        return new BrokerSettings(
                Optional.empty(), "127.0.0.1", port, Optional.empty(), "", Optional.empty(), Optional.empty(), folder);
    }

    /** Whether the broker runs in this process. */
    public boolean isEmbedded() {
        return url.isEmpty();
    }

    boolean isTls() {
        return certificate.isPresent();
    }

    @Override
    public String toString() {
        return "BrokerSettings[url=" + url.map(given -> given.replaceAll("\\?.*", "")) + ", host=" + host + ", port="
                + port + ", user=" + user + ", password=***, certificate=" + certificate + ", key=" + key + ", folder="
                + folder + "]";
    }
}
