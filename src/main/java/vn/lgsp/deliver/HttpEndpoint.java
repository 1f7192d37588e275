package vn.lgsp.deliver;

import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.apache.camel.Producer;
import vn.lgsp.catalogue.CallParameter;

/** One address of a registered system, as a connector names it. Its options are those that can be set. */
public final class HttpEndpoint extends SystemEndpoint {
    private String method = "";
    private boolean passThrough;
    private final Set<Integer> answers = new TreeSet<>();
    private String headers = "";
    private String query = "";
    private boolean gzip;
    private String multipart = "";
    private String form = "";

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

    /** Headers of a mapped call, each filled from a variable, as {@link CallParameter}; one that is not set is left out. */
    public String getHeaders() {
        return headers;
    }

    public void setHeaders(String headers) {
        this.headers = headers;
    }

    /** Query parameters of a mapped call, each filled from a variable, as {@link CallParameter}; one that is not set is left out, one that is a list is repeated. */
    public String getQuery() {
        return query;
    }

    public void setQuery(String query) {
        this.query = query;
    }

    /** Whether a mapped call asks for an answer under gzip; one that comes so is unfolded in any case. */
    public boolean isGzip() {
        return gzip;
    }

    public void setGzip(boolean gzip) {
        this.gzip = gzip;
    }

    /** The parts of a form that a mapped call sends instead of the body, each filled from a member of it or from a variable. */
    public String getMultipart() {
        return multipart;
    }

    public void setMultipart(String multipart) {
        this.multipart = multipart;
    }

    /**
     * The fields of {@code application/x-www-form-urlencoded} that a mapped call sends instead of the body, filled as those of
     * {@link #getMultipart}; {@code *} for every member of the body.
     */
    public String getForm() {
        return form;
    }

    public void setForm(String form) {
        this.form = form;
    }

    boolean documents(int status) {
        return answers.contains(status);
    }
}
