package vn.lgsp.receive;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.utils.UUIDGenerator;
import vn.lgsp.broker.Broker;
import vn.lgsp.broker.ContentSeal;
import vn.lgsp.broker.SentMessage;
import vn.lgsp.catalogue.Account;
import vn.lgsp.catalogue.JmsCall;
import vn.lgsp.catalogue.Operation;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Door;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.Passage;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;

/** A message of the queue of a service: how it becomes an exchange, and how what comes of it becomes a message again. */
final class QueuedMessage {
    static final String MESSAGE_ID = "lgsp_message_id";
    static final String TYPE = "content_type";

    private static final SimpleString CORRELATION = SimpleString.of("JMSCorrelationID");
    private static final SimpleString REPLY_TO = SimpleString.of("JMSReplyTo");
    private static final Pattern SCHEME = Pattern.compile("^(temp-)?(queue|topic)://");
    private static final Pattern TEMPORARY =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._:-]{1,128}");
    private static final Pattern ONE_LINE = Pattern.compile("[\\x20-\\x7E]{0,1000}");
    /** How long an answer waits for the one who asked. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    /** How long the report of a refusal is kept; it holds no content. */
    private static final Duration REPORT = Duration.ofHours(72);

    private final ClientMessage message;
    private final boolean text;
    private Map<String, String> answerProperties = Map.of();
    private int tries;

    QueuedMessage(ClientMessage message) {
        this.message = message;
        this.text = message.getType() == Message.TEXT_TYPE;
    }

    int tries() {
        return tries;
    }

    void tried() {
        tries++;
    }

    void acknowledge() throws ActiveMQException {
        message.individualAcknowledge();
    }

    /** The exchange that it begins. What is wrong with it is told on the way, when it is known who sent it. */
    Arrival arrival(ServiceKey service, Snapshot known, Optional<ContentSeal> seal, Clock clock, Executor home) {
        ExchangeId id = ExchangeId.at(clock.millis());
        Optional<String> correlation =
                correlation().filter(shown -> PLAIN.matcher(shown).matches());
        Passage passage =
                new Passage(id, clock.instant(), System.nanoTime(), "JMS", correlation.orElse(id.toString()), home);
        passage.sentUnder(Optional.ofNullable(message.getValidatedUserID()).orElse(""));
        Optional<ServiceCard> card = known.service(service);
        Optional<Operation> operation = card.flatMap(ServiceCard::onQueue);
        List<Map.Entry<String, String>> headers = new ArrayList<>();
        MessageBody body;
        try {
            SentMessage sent = SentMessage.of(message, seal);
            if (card.isPresent() && operation.isPresent()) {
                answerProperties =
                        operation.get().jms().map(JmsCall::properties).orElse(Map.of());
                headers.addAll(properties(card.get(), sent));
                if (card.get().mode() == ServiceCard.Mode.GUARANTEED) {
                    headers.add(Map.entry("Idempotency-Key", messageId()));
                } else {
                    requireReplyTo(known, clock);
                }
            }
            body = MessageBody.of(sent.content(), passage);
        } catch (BusException refused) {
            body = MessageBody.refused(refused);
        }
        return new Arrival(
                passage,
                new Inbound(Door.JMS, "POST", service.id().value(), service.version(), "", "", List.copyOf(headers)),
                body,
                Optional.ofNullable(stringProperty(SimpleString.of(TYPE)))
                        .or(() -> operation.map(asked -> asked.accepts().get(0))));
    }

    private List<Map.Entry<String, String>> properties(ServiceCard card, SentMessage sent) {
        List<Map.Entry<String, String>> headers = new ArrayList<>();
        answerProperties.forEach((property, header) -> {
            String value = sent.properties().get(property);
            if (value != null) {
                if (card.mode() == ServiceCard.Mode.PASS_THROUGH
                        && !ONE_LINE.matcher(value).matches()) {
                    throw new BusException(
                            ErrorCode.MESSAGE_INVALID,
                            "property " + property
                                    + " becomes a header: write at most 1,000 printable characters of ASCII");
                }
                headers.add(Map.entry(header, value));
            }
        });
        return headers;
    }

    /** The same in every repetition: what the sender has written, or else what its client has. */
    private String messageId() {
        String written = stringProperty(SimpleString.of(MESSAGE_ID));
        if (written != null) {
            return written;
        }
        if (message.getUserID() == null) {
            throw new BusException(
                    ErrorCode.MESSAGE_INVALID,
                    "the message has no id: write one into the property lgsp_message_id, or let JMS make one");
        }
        return "ID:" + message.getUserID();
    }

    private void requireReplyTo(Snapshot known, Clock clock) {
        Optional<SystemId> sender = Optional.ofNullable(message.getValidatedUserID())
                .flatMap(user -> known.account(user, clock.instant()))
                .map(Account::system);
        if (sender.isPresent() && replyTo(sender.get()).isEmpty()) {
            throw new BusException(
                    ErrorCode.MESSAGE_INVALID,
                    "this is a call, so it needs a JMSReplyTo: a temporary queue, or "
                            + Broker.replyQueue(sender.get()));
        }
    }

    /** Where the sender wants its answer: a temporary queue or the one of its system, and no other. */
    private Optional<String> replyTo(SystemId sender) {
        return Optional.ofNullable(stringProperty(REPLY_TO))
                .map(named -> SCHEME.matcher(named).replaceFirst(""))
                .filter(named -> named.equals(Broker.replyQueue(sender))
                        || TEMPORARY.matcher(named).matches());
    }

    /** The correlation id, or else the id, of the message: by it the sender knows what an answer belongs to. */
    private Optional<String> correlation() {
        return Optional.ofNullable(stringProperty(CORRELATION))
                .or(() -> Optional.ofNullable(message.getUserID()).map(id -> "ID:" + id));
    }

    private @org.jspecify.annotations.Nullable String stringProperty(SimpleString name) {
        return message.getObjectProperty(name) instanceof CharSequence value ? value.toString() : null;
    }

    /** Where to send what came of it: to whom asked, or the report of a refusal to its sender; empty where nobody is to be told. */
    Optional<String> answerTo(Passage passage) {
        return passage.caller().flatMap(caller -> replyTo(caller.system())
                .or(() -> passage.error().map(refused -> Broker.deadQueue(caller.system()))));
    }

    /** @param now in milliseconds since 1970 */
    ClientMessage answer(ClientSession session, Passage passage, Reply reply, Buffer content, long now) {
        boolean report = passage.error().isPresent()
                && passage.caller().flatMap(caller -> replyTo(caller.system())).isEmpty();
        ClientMessage answer = session.createMessage(
                text ? Message.TEXT_TYPE : Message.BYTES_TYPE,
                report,
                now + (report ? REPORT : PATIENCE).toMillis(),
                now,
                (byte) 4);
        answer.setRoutingType(RoutingType.ANYCAST);
        answer.setUserID(UUIDGenerator.getInstance().generateUUID());
        correlation().ifPresent(id -> answer.putStringProperty(CORRELATION, SimpleString.of(id)));
        answer.putStringProperty("lgsp_exchange", passage.id().toString());
        answer.putStringProperty("lgsp_result", passage.result());
        answer.putIntProperty("lgsp_status", reply.status());
        passage.error().ifPresent(error -> {
            answer.putStringProperty("lgsp_error_code", error.code());
            answer.putBooleanProperty("lgsp_retry", Problem.mayRetry(error, passage));
        });
        for (Map.Entry<String, String> header : reply.headers()) {
            if (header.getKey().toLowerCase(Locale.ROOT).equals("content-type")) {
                answer.putStringProperty(TYPE, header.getValue());
            }
            answerProperties.forEach((property, name) -> {
                if (name.equalsIgnoreCase(header.getKey())) {
                    answer.putStringProperty(property, header.getValue());
                }
            });
        }
        if (text) {
            answer.getBodyBuffer().writeNullableSimpleString(SimpleString.of(content.toString(StandardCharsets.UTF_8)));
        } else {
            answer.getBodyBuffer().writeBytes(content.getBytes());
        }
        return answer;
    }
}
