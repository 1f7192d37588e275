package vn.lgsp.hub;

/** The postal service with a token endpoint of its own. */
final class PostalService implements Simulator {
    private final TokenGate gate;
    private final Postal postal = new Postal();

    PostalService(TokenGate gate) {
        this.gate = gate;
    }

    @Override
    public Answer answer(Call call) {
        String operation = call.path().replaceFirst("^/+", "");
        if (operation.equals("token")) {
            return gate.token(call);
        }
        return gate.refusal(call).orElseGet(() -> postal.answer(call, operation).orElseGet(Answer::notFound));
    }

    @Override
    public void resumed() {
        postal.resumed();
    }
}
