package vn.lgsp.city;

import org.apache.cxf.io.DelegatingInputStream;
import org.apache.cxf.message.Message;
import org.apache.cxf.phase.AbstractPhaseInterceptor;
import org.apache.cxf.phase.Phase;

/**
 * Takes the request out of the transport's buffer. CXF 4.1.4 closes the stream of its Netty transport a second time when it
 * begins the answer; the buffer refuses that ({@code refCnt: 0}) and the answer would be empty. The transport has the whole body in memory anyway, at most 1 MiB.
 */
final class HeldBody extends AbstractPhaseInterceptor<Message> {
    HeldBody() {
        super(Phase.RECEIVE);
        addAfter(CredentialCheck.class.getName());
    }

    @Override
    public void handleMessage(Message message) {
        DelegatingInputStream body = message.getContent(DelegatingInputStream.class);
        if (body != null) {
            body.cacheInput();
        }
    }
}
