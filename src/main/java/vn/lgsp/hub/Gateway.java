package vn.lgsp.hub;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** A gateway: a token endpoint, and APIs at {@code /<api>/<version>/<operation>}; the version may be left out. */
final class Gateway implements Simulator {
    private static final Pattern VERSION = Pattern.compile("[pv]?[0-9]+(\\.[0-9]+)*");

    private final TokenGate gate;
    private final Map<String, Api> apis;
    /** Looks at the credential of a population call itself, for it may come without a token. */
    private final Optional<PopulationDoor> population;

    Gateway(TokenGate gate, Map<String, Api> apis, Optional<PopulationDoor> population) {
        this.gate = gate;
        this.apis = apis;
        this.population = population;
    }

    @Override
    public Answer answer(Call call) {
        String path = call.path().replaceFirst("^/+", "");
        if (path.equals("token")) {
            return gate.token(call);
        }
        int slash = path.indexOf('/');
        String name = slash < 0 ? path : path.substring(0, slash);
        String rest = slash < 0 ? "" : path.substring(slash + 1);
        int next = rest.indexOf('/');
        String version = next < 0 ? rest : rest.substring(0, next);
        String operation = VERSION.matcher(version).matches() ? next < 0 ? "" : rest.substring(next + 1) : rest;
        Optional<Answer> refused = name.equals("dancu") && population.isPresent()
                ? population.get().refusal(call)
                : gate.refusal(call);
        if (refused.isPresent()) {
            return refused.get();
        }
        return Optional.ofNullable(apis.get(name))
                .flatMap(api -> api.answer(call, operation))
                .orElseGet(Answer::notFound);
    }

    @Override
    public void resumed() {
        apis.values().forEach(Api::resumed);
    }
}
