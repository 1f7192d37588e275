package vn.lgsp.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConsoleIT {
    private static final String ROUTE = "land-parcel-lookup";

    @Test
    void an_operator_signs_in_sees_the_routes_with_counts_that_rise_and_signs_out() throws Exception {
        try (ManagedBus bus = new ManagedBus();
                Browser browser = Browser.open()) {
            bus.work(3);
            Page page = browser.page(1_400, 900);
            page.navigate("http://localhost:" + bus.port + "/hawtio");
            page.getByRole(AriaRole.TEXTBOX, role("Username")).fill(ManagedBus.USER);
            picture(page, "console-sign-in");
            assertThat(page.content()).doesNotContain(ROUTE);

            signIn(page, "wrong");
            page.getByText("Invalid login credentials").waitFor();
            assertThat(browser.failures()).hasSize(2).allMatch(failure -> failure.endsWith(" 401"));
            browser.forget();

            signIn(page, ManagedBus.PASSWORD);
            page.getByText("routes", exactly()).first().click();
            page.getByText("Set Body: ok").first().waitFor();
            picture(page, "console-diagram");
            page.getByText("Routes", exactly()).first().click();
            Locator count = page.locator("tr", withText(ROUTE)).locator("td[data-label=Completed]");
            count.waitFor();
            assertThat(count.textContent()).isEqualTo("3");
            bus.work(4);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> count.textContent().equals("7"));
            picture(page, "console-routes");
            page.locator("#camel-routes-table tbody input").first().dispatchEvent("click");
            for (String button : new String[] {"Start", "Stop"}) {
                Locator found = page.getByRole(AriaRole.BUTTON, role(button).setIncludeHidden(true));
                assertThat(found.isDisabled()).as(button).isTrue();
                assertThat(found.isVisible()).as(button).isFalse();
            }
            for (String tab : new String[] {"Trace", "Debug", "Exchanges", "Operations"}) {
                assertThat(page.getByText(tab, exactly()).count()).as(tab).isZero();
            }

            page.getByText("Source", exactly()).first().click();
            page.getByText("throwException").first().waitFor();
            picture(page, "console-source");
            page.getByText("JMX", exactly()).first().click();
            page.getByText("java.lang", exactly()).first().waitFor();
            picture(page, "console-jmx");
            assertThat(page.content()).doesNotContain(ManagedBus.CONTENT);
            assertThat(browser.failures()).isEmpty();
            assertThat(browser.complaints()).isEmpty();

            page.getByText(ManagedBus.USER, exactly()).first().click();
            page.getByText("Log out", exactly()).first().click();
            page.getByRole(AriaRole.TEXTBOX, role("Username")).waitFor();
            page.navigate("http://localhost:" + bus.port + "/hawtio/camel");
            page.getByRole(AriaRole.TEXTBOX, role("Username")).waitFor();
            assertThat(page.content()).doesNotContain(ROUTE);
        }
    }

    private static void signIn(Page page, String password) {
        page.locator("input[type=password]").fill(password);
        page.getByRole(AriaRole.BUTTON, role("Log in")).click();
    }

    private static Page.GetByRoleOptions role(String name) {
        return new Page.GetByRoleOptions().setName(name);
    }

    private static Page.GetByTextOptions exactly() {
        return new Page.GetByTextOptions().setExact(true);
    }

    private static Page.LocatorOptions withText(String text) {
        return new Page.LocatorOptions().setHasText(text);
    }

    private static void picture(Page page, String name) {
        page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target", name + ".png")));
    }
}
