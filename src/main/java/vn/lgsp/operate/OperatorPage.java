package vn.lgsp.operate;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** What the pages for operators have in common: Vietnamese first, English beside it, no script. */
final class OperatorPage {
    private static final ZoneId CITY = ZoneId.of("Asia/Ho_Chi_Minh");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss dd/MM/yyyy").withZone(CITY);
    static final String NONE = "–";

    private static final String STYLE = """
            :root { color-scheme: light dark; --line: #8884; --quiet: #6b7280; --link: #0b5cad }
            @media (prefers-color-scheme: dark) { :root { --quiet: #9ca3af; --link: #7db8f0 } }
            body { margin: 0; font: 15px/1.45 system-ui, sans-serif }
            header { display: flex; gap: 1.5rem; align-items: baseline; padding: .7rem 1.5rem; border-bottom: 1px solid var(--line) }
            header .who { margin-left: auto }
            main { padding: 1rem 1.5rem; max-width: 90rem }
            h1 { font-size: 1.35rem; margin: .3rem 0 1rem } h2 { font-size: 1.05rem; margin: 1.6rem 0 .5rem }
            a { color: var(--link) } small, .en { color: var(--quiet); font-weight: normal; font-size: .85em }
            .wide { overflow-x: auto } table { border-collapse: collapse; min-width: 40rem }
            th, td { text-align: left; vertical-align: top; padding: .4rem .9rem .4rem 0; border-bottom: 1px solid var(--line) }
            th { font-weight: 600 } td.count, th.count { text-align: right }
            .name { white-space: nowrap }
            .id { font-family: ui-monospace, monospace; font-size: .85em; white-space: nowrap }
            .state { display: inline-block; padding: 0 .5rem; border-radius: .8rem; border: 1px solid currentColor; white-space: nowrap }
            .parked, .down { color: #b3261e } .expired { color: #8a5a00 } .delivered, .up { color: #1a7f37 } .delivering, .accepted { color: var(--link) }
            @media (prefers-color-scheme: dark) { .parked, .down { color: #ff8a80 } .expired { color: #e0b050 } .delivered, .up { color: #5fd07f } }
            form.filter { display: flex; flex-wrap: wrap; gap: 1rem; align-items: end; margin-bottom: 1rem }
            label { display: grid; gap: .2rem } select, button { font: inherit; padding: .3rem .6rem }
            .notice { border-left: .3rem solid var(--link); padding: .5rem .9rem; margin: 0 0 1rem; background: #8881 }
            .where { font-size: .85em; overflow-wrap: anywhere; min-width: 12rem; max-width: 20rem } summary { cursor: pointer; white-space: nowrap }
            .open, .trials { color: #b3261e } @media (prefers-color-scheme: dark) { .open, .trials { color: #ff8a80 } }
            @media (max-width: 45rem) {
              table.cards, .cards tbody, .cards tr, .cards td { display: block; min-width: 0 } .cards thead { display: none }
              .cards tr { padding: .7rem 0; border-bottom: 1px solid var(--line) } .cards td { border: 0; padding: .15rem 0 }
              .cards td[data-label]::before { content: attr(data-label) ": "; color: var(--quiet) }
              .cards td.nothing { display: none }
              header { flex-wrap: wrap; padding: .7rem 1rem } main { padding: 1rem }
            }
            dl { display: grid; grid-template-columns: max-content 1fr; gap: .4rem 1.5rem } dt { font-weight: 600 } dd { margin: 0 }
            """;

    private OperatorPage() {}

    /** A whole page. */
    static String page(String operator, String title, String english, String content) {
        return "<!doctype html><html lang=\"vi\"><head><meta charset=\"utf-8\">"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
                + "<link rel=\"icon\" href=\"/hawtio/img/lgsp.svg\"><title>" + title + " · LGSP</title><style>" + STYLE
                + "</style></head><body><header><strong>LGSP</strong>"
                + link("/deliveries", "Chuyển phát <span class=\"en\">deliveries</span>")
                + link("/systems", "Hệ thống <span class=\"en\">systems</span>")
                + link("/hawtio/", "Tuyến <span class=\"en\">console</span>")
                + "<span class=\"who\">" + text(operator) + " · "
                + link("/hawtio/auth/logout", "Đăng xuất <span class=\"en\">sign out</span>")
                + "</span></header><main><h1>" + title + " <span class=\"en\">" + english + "</span></h1>" + content
                + "</main></body></html>";
    }

    static String heading(String title, String english) {
        return "<h2>" + title + " <span class=\"en\">" + english + "</span></h2>";
    }

    static void cell(StringBuilder html, String content) {
        html.append("<td>").append(content).append("</td>");
    }

    /** A cell that says what it is where its column has no head: on a narrow screen. */
    static void cell(StringBuilder html, String label, String content) {
        html.append(content.equals(NONE) ? "<td class=\"nothing\" data-label=\"" : "<td data-label=\"")
                .append(label)
                .append("\">")
                .append(content)
                .append("</td>");
    }

    static String name(Object of) {
        return "<span class=\"name\">" + text(of) + "</span>";
    }

    static String time(Optional<Instant> at) {
        return at.map(when -> "<time datetime=\"" + when + "\">" + TIME.format(when) + "</time>")
                .orElse(NONE);
    }

    static String link(String address, String shown) {
        return "<a href=\"" + text(address) + "\">" + shown + "</a>";
    }

    /** Nothing that comes from outside becomes markup: a partner's code, say. */
    static String text(Object value) {
        return value.toString()
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
