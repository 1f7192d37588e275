package vn.lgsp.mailbox;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultEndpoint;

/** One operation on mailboxes. Its options are those that can be set. */
public final class MailboxEndpoint extends DefaultEndpoint {

    /** What can be done with mailboxes. */
    enum Task {
        PUT,
        TAKE,
        LIST,
        COUNT,
        FETCH,
        UPDATE_STATUS,
        SENT_LIST,
        HANDED_ON,
        DOWNLOAD,
        AGENCIES,
        CHECK,
        REGISTER_AGENCY,
        DELETE_AGENCY,
        SYNCHRONISE_UNITS;

        static Optional<Task> of(String name) {
            return Arrays.stream(values())
                    .filter(task -> task.name()
                            .toLowerCase(Locale.ROOT)
                            .replace('_', '-')
                            .equals(name))
                    .findFirst();
        }
    }

    private final MailboxComponent component;
    private final Task task;
    private String refusals = "fail";
    private String outside = "each";
    private String inside = "at-once";
    private FetchAnswer.Form answer = FetchAnswer.Form.PLAIN;

    MailboxEndpoint(String uri, MailboxComponent component, Task task) {
        super(uri, component);
        this.component = component;
        this.task = task;
    }

    @Override
    public Producer createProducer() {
        return new MailboxProducer(this);
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        throw new UnsupportedOperationException("lgsp-mailbox is a step; the way has the only entry of the bus");
    }

    @Override
    public boolean isRemote() {
        return false;
    }

    Mailboxes mailboxes() {
        return component.mailboxes();
    }

    Task task() {
        return task;
    }

    /** {@code fail}: a packet that is refused fails here. {@code go-on}: the route goes on, and the body has the {@code code}. */
    public String getRefusals() {
        return refusals;
    }

    public void setRefusals(String refusals) {
        this.refusals = refusals;
    }

    /**
     * {@code each}: every receiver that is not ours is an entry of {@code outside}. {@code together}: all of them are one entry, for an axis that
     * can only be told a packet, and gives it to all that the packet names.
     */
    public String getOutside() {
        return outside;
    }

    public void setOutside(String outside) {
        this.outside = outside;
    }

    /**
     * {@code at-once}: receivers that are ours have the packet when it is kept. {@code after-hand-on}: one that goes to receivers outside as
     * well is theirs only when all of that was handed on.
     */
    public String getInside() {
        return inside;
    }

    public void setInside(String inside) {
        this.inside = inside;
    }

    /**
     * How {@code fetch} gives a packet: {@code plain}, a member of what is known of it, which is in memory; {@code sdk} or {@code rest}, the
     * whole answer in that form of the document axis, of a packet of any size.
     */
    public String getAnswer() {
        return answer.word();
    }

    public void setAnswer(String answer) {
        this.answer = FetchAnswer.Form.of(answer);
    }

    FetchAnswer.Form form() {
        return answer;
    }
}
