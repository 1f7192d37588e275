package vn.lgsp.transform;

/** Finds a short text that fits a pattern of XML Schema, for most patterns that people write; the schema itself says whether it does. */
final class PatternText {
    private final String pattern;
    private int at;

    private PatternText(String pattern) {
        this.pattern = pattern;
    }

    static String matching(String pattern) {
        return new PatternText(pattern).alternatives();
    }

    private boolean more() {
        return at < pattern.length();
    }

    private char next() {
        return more() ? pattern.charAt(at++) : '?';
    }

    /** The first of the alternatives; the others are passed over. */
    private String alternatives() {
        String first = sequence();
        while (more() && pattern.charAt(at) == '|') {
            at++;
            String other = sequence();
            if (first.isEmpty()) {
                first = other;
            }
        }
        return first;
    }

    private String sequence() {
        StringBuilder text = new StringBuilder();
        while (more() && pattern.charAt(at) != '|' && pattern.charAt(at) != ')') {
            String atom = atom();
            text.append(atom.repeat(times()));
        }
        return text.toString();
    }

    private String atom() {
        char first = next();
        if (first == '(') {
            String inside = alternatives();
            next();
            return inside;
        }
        if (first == '[') {
            return String.valueOf(member());
        }
        if (first == '\\') {
            return String.valueOf(escaped());
        }
        return first == '.' ? "a" : String.valueOf(first);
    }

    private int times() {
        if (!more()) {
            return 1;
        }
        switch (pattern.charAt(at)) {
            case '?', '*' -> {
                at++;
                return 1;
            }
            case '+' -> {
                at++;
                return 1;
            }
            case '{' -> {
                int end = pattern.indexOf('}', at);
                String[] bounds = pattern.substring(at + 1, end).split(",", -1);
                at = end + 1;
                int least = Integer.parseInt(bounds[0].strip());
                boolean open = bounds.length > 1 && !bounds[1].strip().equals("0");
                return least == 0 && open ? 1 : least;
            }
            default -> {
                return 1;
            }
        }
    }

    /** The first character of a class; of one that says what may not be, some character that it does not name. */
    private char member() {
        boolean not = more() && pattern.charAt(at) == '^';
        if (not) {
            at++;
        }
        StringBuilder named = new StringBuilder();
        int depth = 1;
        while (more() && depth > 0) {
            char unit = next();
            if (unit == ']') {
                depth--;
            } else if (unit == '[') {
                depth++;
            } else if (unit == '\\') {
                named.append(escaped());
            } else if (depth == 1 && !(unit == '-' && !named.isEmpty())) {
                named.append(unit);
            }
        }
        if (!not) {
            return named.isEmpty() ? 'a' : named.charAt(0);
        }
        for (char candidate : "a1bM-x".toCharArray()) {
            if (named.indexOf(String.valueOf(candidate)) < 0) {
                return candidate;
            }
        }
        return '~';
    }

    private char escaped() {
        char sign = next();
        switch (sign) {
            case 'd' -> {
                return '1';
            }
            case 's' -> {
                return ' ';
            }
            case 'w', 'c', 'i', 'D', 'S' -> {
                return 'a';
            }
            case 'W' -> {
                return '-';
            }
            case 'p', 'P' -> {
                int end = pattern.indexOf('}', at);
                String block = pattern.substring(Math.min(at + 1, pattern.length()), Math.max(at + 1, end));
                at = end + 1;
                return block.startsWith("N") ? '1' : block.startsWith("Lu") ? 'A' : block.startsWith("Z") ? ' ' : 'a';
            }
            case 'n' -> {
                return '\n';
            }
            case 't' -> {
                return '\t';
            }
            case 'r' -> {
                return '\r';
            }
            default -> {
                return sign;
            }
        }
    }
}
