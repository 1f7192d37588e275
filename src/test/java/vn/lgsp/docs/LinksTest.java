package vn.lgsp.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every link inside the repository leads somewhere. */
final class LinksTest {
    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");

    @Test
    void every_relative_link_leads_to_a_file_and_every_anchor_to_a_heading() {
        List<String> dead = new ArrayList<>();
        int seen = 0;
        for (Page page : Page.all()) {
            Matcher link = LINK.matcher(page.prose());
            while (link.find()) {
                if (!link.group(1).contains("://")) {
                    seen++;
                    if (!leads(page, link.group(1))) {
                        dead.add(page + " -> " + link.group(1));
                    }
                }
            }
        }
        assertThat(dead).isEmpty();
        assertThat(seen).as("links that were looked at").isGreaterThan(50);
    }

    private static boolean leads(Page from, String link) {
        int hash = link.indexOf('#');
        String target = hash < 0 ? link : link.substring(0, hash);
        Path file = target.isEmpty()
                ? from.file()
                : from.file().resolveSibling(target).normalize();
        if (hash < 0) {
            return Files.exists(file);
        }
        return Files.isRegularFile(file)
                && Page.at(file.toString())
                        .prose()
                        .lines()
                        .filter(line -> line.startsWith("#"))
                        .anyMatch(heading -> anchor(heading).equals(link.substring(hash + 1)));
    }

    /** As the usual viewers make it from a heading. */
    private static String anchor(String heading) {
        return heading.replaceFirst("^#+ ", "")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} -]", "")
                .replace(' ', '-');
    }
}
