package vn.lgsp.deliver;

import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.apache.camel.Producer;

/** One address of a registered system, as a connector names it. Options: {@code method}, {@code passThrough}, {@code answers}. */
public final class HttpEndpoint extends SystemEndpoint {
    private String method = "";
    private boolean passThrough;
    private final Set<Integer> answers = new TreeSet<>();

    HttpEndpoint(String uri, HttpComponent component, Supplier<OutboundClient> client, HttpComponent.Target target) {
        super(uri, component, client, target);
    }

    @Override
    public Producer createProducer() {
        return new HttpProducer(this);
    }

    /** The HTTP method; GET without a body and POST with one where it is not set. */
    public String getMethod() {
        return method;
    }

    public void setMethod(String method) {
        this.method = method;
    }

    /** Whether request and answer pass as they are: method, path below the endpoint's, query, end-to-end headers, bytes. */
    public boolean isPassThrough() {
        return passThrough;
    }

    public void setPassThrough(boolean passThrough) {
        this.passThrough = passThrough;
    }

    /** The statuses beside 2xx that the provider's contract documents, with commas between. */
    public String getAnswers() {
        return String.join(",", answers.stream().map(String::valueOf).toList());
    }

    public void setAnswers(String documented) {
        answers.clear();
        for (String status : documented.split(",", -1)) {
            answers.add(Integer.valueOf(status.strip()));
        }
    }

    boolean documents(int status) {
        return answers.contains(status);
    }
}
