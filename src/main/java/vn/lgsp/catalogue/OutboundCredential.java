package vn.lgsp.catalogue;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import vn.lgsp.message.SystemId;

/** How the bus makes itself known to a system that it calls. */
public sealed interface OutboundCredential {
    /** The account, or the consumer key, that the system gave the bus. */
    String user();

    /** The secret of that account; read from a file or the environment in production, never shown. */
    String secret();

    /** The way, by the name that the registry has for it. */
    Scheme scheme();

    /** The ways that the registry names. */
    enum Scheme {
        HASHED_BASIC,
        OAUTH2,
        DOCUMENT_AXIS,
        DOCUMENT_AXIS_REST,
        SESSION
    }

    /** In which unit of Unix time a system reads {@code Timestamp}; its clients differ (wire-formats 7.1). */
    enum TimestampUnit {
        MILLIS,
        SECONDS;

        /** The value of the header. */
        public String text(long unixMillis) {
            return Long.toString(this == MILLIS ? unixMillis : unixMillis / 1_000);
        }
    }

    /** How a partner wants to be asked for a token (wire-formats 6.1 and 6.2). */
    enum TokenStyle {
        /** {@code Authorization: Basic} and {@code grant_type} as a form. */
        BASIC_FORM,
        /** {@code client_id}, {@code client_secret} and {@code grant_type} as JSON. */
        JSON_BODY,
        /** As {@link #BASIC_FORM}, with the header {@code lgspaccesstoken} beside it. */
        LGSPACCESSTOKEN,
        /** The three of {@link #JSON_BODY} as a form. */
        FORM_BODY,
        /** {@code client_id} and {@code client_secret} as JSON, nothing else. */
        JSON_PAIR
    }

    /**
     * {@code Authorization: Basic base64(user:H)} with H the SHA-256 of URL, user, timestamp and secret (wire-formats 7.1).
     *
     * @param signedAddress what stands for the address in the URL that is signed, where the other side knows itself by another one
     */
    record HashedBasic(String user, String secret, TimestampUnit timestamp, Optional<URI> signedAddress)
            implements OutboundCredential {
        @Override
        public Scheme scheme() {
            return Scheme.HASHED_BASIC;
        }

        @Override
        public String toString() {
            return scheme() + " " + user + ":***";
        }
    }

    /**
     * {@code Authorization: Bearer}, with a token that is asked for first.
     *
     * @param user the consumer key
     * @param secret the consumer secret
     * @param tokenPath below the base path of the system's address, or of that of {@code tokenSystem}
     * @param tokenSystem the registered system that gives tokens, where it is another one
     * @param timestamp that each call says the time in {@code Timestamp} too, in this unit
     */
    record OAuth2(
            TokenStyle style,
            String user,
            String secret,
            String tokenPath,
            Optional<SystemId> tokenSystem,
            Optional<TimestampUnit> timestamp)
            implements OutboundCredential {
        @Override
        public Scheme scheme() {
            return Scheme.OAUTH2;
        }

        @Override
        public String toString() {
            return scheme() + " " + user + ":***";
        }
    }

    /** Header signature of the document axis: the user is the {@code systemid} (wire-formats 3.2). */
    record DocumentAxis(String user, String secret) implements OutboundCredential {
        @Override
        public Scheme scheme() {
            return Scheme.DOCUMENT_AXIS;
        }

        @Override
        public String toString() {
            return scheme() + " " + user + ":***";
        }
    }

    /**
     * {@code X-SystemId} and {@code X-SecretKey} of the provincial REST form of the document axis (wire-formats 4.1).
     *
     * @param login that gives a token, which every call shows too; empty where the front wants none
     */
    record DocumentAxisRest(String user, String secret, Optional<Login> login) implements OutboundCredential {
        @Override
        public Scheme scheme() {
            return Scheme.DOCUMENT_AXIS_REST;
        }

        @Override
        public String toString() {
            return scheme() + " " + user + ":***";
        }
    }

    /**
     * How the bus logs in at a provincial front of the document axis (wire-formats 4.1).
     *
     * @param user the {@code username}
     * @param secret the {@code password}
     * @param application the {@code applicationCode}; blank where the front wants none
     * @param life how long a token is used at most: no answer says it
     */
    record Login(String user, String secret, String application, Duration life) {
        @Override
        public String toString() {
            return "login " + user + ":***";
        }
    }

    /**
     * A member {@code session} of each JSON body, which a login gives (wire-formats 7.8).
     *
     * @param loginPath below the base path of the system's address
     * @param life how long a session is used at most
     * @param expired error codes that mean that a session has ended; where none is named any but 0 may
     */
    record Session(String user, String secret, String loginPath, Duration life, List<String> expired)
            implements OutboundCredential {
        @Override
        public Scheme scheme() {
            return Scheme.SESSION;
        }

        /** Whether an answer with this error code says that its session has ended; for sure only where codes are named. */
        public boolean isExpired(String errorCode) {
            return expired.isEmpty() ? !errorCode.equals("0") : expired.contains(errorCode);
        }

        @Override
        public String toString() {
            return scheme() + " " + user + ":***";
        }
    }
}
