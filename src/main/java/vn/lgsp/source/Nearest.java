package vn.lgsp.source;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** The right word that a misspelt one was probably meant to be. */
public final class Nearest {
    private Nearest() {}

    /** Of the known ones the one with the fewest letters to change, if they are few enough for a slip of the pen. */
    public static Optional<String> of(String written, Collection<String> known) {
        String best = "";
        int least = 5;
        String plain = plain(written);
        int slip = Math.max(1, Math.min(3, plain.length() / 3));
        for (String candidate : known) {
            String other = plain(candidate);
            int distance = distance(plain, other);
            // who begins right and ends wrong, as agency for agencies, knows the word
            int most = slip + (plain.length() > 4 && other.startsWith(plain.substring(0, 4)) ? 1 : 0);
            if (distance <= most && distance < least && !candidate.equals(written)) {
                least = distance;
                best = candidate;
            }
        }
        return best.isEmpty() ? Optional.empty() : Optional.of(best);
    }

    private static String plain(String word) {
        return word.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
    }

    /** How many letters must be put in, taken out, changed, or exchanged with the next one. */
    private static int distance(String from, String to) {
        int[][] table = new int[from.length() + 1][to.length() + 1];
        Arrays.setAll(table[0], column -> column);
        for (int i = 1; i <= from.length(); i++) {
            table[i][0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int change = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
                table[i][j] = Math.min(table[i - 1][j - 1] + change, Math.min(table[i - 1][j], table[i][j - 1]) + 1);
                if (i > 1
                        && j > 1
                        && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1)) {
                    table[i][j] = Math.min(table[i][j], table[i - 2][j - 2] + 1);
                }
            }
        }
        return table[from.length()][to.length()];
    }
}
