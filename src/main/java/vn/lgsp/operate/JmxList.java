package vn.lgsp.operate;

import java.util.List;
import java.util.Map;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import org.jolokia.json.JSONArray;
import org.jolokia.json.JSONObject;

/**
 * Cuts Jolokia's list of MBeans down to what may be read, and marks what may not be called, so that Hawtio shows no button
 * that would be refused.
 */
final class JmxList {
    private final JmxRules rules;

    JmxList(JmxRules rules) {
        this.rules = rules;
    }

    /**
     * @param path the place of {@code value} in the whole list: nothing, a domain, or a domain and the keys of a name
     * @param shared whether equal descriptions are said once, as Hawtio asks: thousands of routes have the same
     */
    Object cut(Object value, List<String> path, boolean shared) {
        if (!(value instanceof JSONObject listed)) {
            return value;
        }
        if (path.size() == 2) {
            cutMBean(path.get(0), path.get(1), listed);
        } else if (path.size() == 1) {
            listed.forEach((keys, mbean) -> cutMBean(path.get(0), keys, mbean));
        } else {
            listed.forEach((domain, names) ->
                    ((Map<?, ?>) names).forEach((keys, mbean) -> cutMBean(domain, (String) keys, mbean)));
            return shared ? share(listed) : listed;
        }
        return listed;
    }

    private void cutMBean(String domain, String keys, Object mbean) {
        if (mbean instanceof JSONObject info) {
            ObjectName name = name(domain, keys);
            if (info.get("attr") instanceof JSONObject attributes) {
                attributes.keySet().retainAll(rules.attributes(name));
                attributes.values().forEach(attribute -> ((JSONObject) attribute).put("rw", false));
            }
            if (info.get("op") instanceof JSONObject operations) {
                JSONObject bySignature = new JSONObject();
                operations.forEach((operation, overloads) -> {
                    List<?> each = overloads instanceof JSONArray several ? several : List.of(overloads);
                    each.forEach(one -> mark(name, operation, (JSONObject) one, bySignature));
                });
                info.put("opByString", bySignature);
            }
            info.remove("notif");
        }
    }

    private void mark(ObjectName name, String operation, JSONObject described, JSONObject bySignature) {
        List<?> arguments = described.get("args") instanceof JSONArray given ? given : List.of();
        List<String> types = arguments.stream()
                .map(argument -> String.valueOf(((JSONObject) argument).get("type")))
                .toList();
        String signature = operation + "(" + String.join(",", types) + ")";
        described.put("canInvoke", rules.offers(name, signature));
        bySignature.put(signature, described);
    }

    private static JSONObject share(JSONObject domains) {
        JSONObject cache = new JSONObject();
        domains.forEach((domain, names) -> ((JSONObject) names).replaceAll((keys, mbean) -> {
            if (!(mbean instanceof JSONObject info)) {
                return mbean;
            }
            String kind = domain + "/" + name(domain, keys).getKeyProperty("type") + "/" + info.get("class");
            cache.putIfAbsent(kind, info);
            return kind;
        }));
        JSONObject shared = new JSONObject();
        shared.put("cache", cache);
        shared.put("domains", domains);
        return shared;
    }

    private static ObjectName name(String domain, String keys) {
        try {
            return new ObjectName(domain + ":" + keys);
        } catch (MalformedObjectNameException impossible) {
            throw new IllegalStateException("the list holds a name that is none", impossible);
        }
    }
}
