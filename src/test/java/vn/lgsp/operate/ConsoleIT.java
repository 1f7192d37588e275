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

    @Test
    void an_operator_with_the_right_stops_a_service_in_the_console_and_reads_what_came_of_it() throws Exception {
        try (ManagedBus bus = new ManagedBus();
                Browser browser = Browser.open()) {
            Page page = servicesAs(ManagedBus.SWITCHER, bus, browser);
            picture(page, "console-services");

            Locator stop = operation(page, "stop(java.lang.String,java.lang.String)");
            stop.locator("input").nth(0).fill("land-parcel-lookup/v1");
            stop.getByRole(AriaRole.BUTTON, button("Execute")).click();
            page.getByText("say why").first().scrollIntoViewIfNeeded();
            picture(page, "console-service-refused");
            assertThat(bus.services.turns).isEmpty();

            stop.locator("input").nth(1).fill("the registry moves house");
            stop.getByRole(AriaRole.BUTTON, button("Execute")).click();
            page.getByText("\"state\": \"stopped\"").first().scrollIntoViewIfNeeded();
            picture(page, "console-service-stopped");

            assertThat(bus.services.turns)
                    .containsExactly("truong-ca stopped land-parcel-lookup/v1: the registry moves house");
            page.getByText("Attributes", exactly()).first().click();
            page.getByText("land-parcel-lookup/v1").first().waitFor();
            picture(page, "console-services-stopped");
            assertThat(browser.failures()).isEmpty();
            assertThat(browser.complaints()).isEmpty();
        }
    }

    @Test
    void an_operator_without_the_right_sees_the_services_and_can_execute_no_switch() throws Exception {
        try (ManagedBus bus = new ManagedBus();
                Browser browser = Browser.open()) {
            Page page = servicesAs(ManagedBus.USER, bus, browser);

            Locator list = operation(page, "list()");
            list.getByRole(AriaRole.BUTTON, button("Execute")).click();
            page.getByText("\"land-parcel-lookup/v1 started\"").first().waitFor();
            Locator stop = page.locator("li", withText("stop(String, String)"));
            stop.getByRole(AriaRole.BUTTON, button("Details")).click();
            Locator execute = stop.getByRole(AriaRole.BUTTON, button("Execute"));
            execute.waitFor();
            execute.scrollIntoViewIfNeeded();
            picture(page, "console-services-looked-at");
            assertThat(execute.isDisabled()).isTrue();
            assertThat(bus.services.turns).isEmpty();
        }
    }

    /** The page with the operations of the services. */
    private static Page servicesAs(String operator, ManagedBus bus, Browser browser) {
        Page page = browser.page(1_400, 1_000);
        page.navigate("http://localhost:" + bus.port + "/hawtio");
        page.getByRole(AriaRole.TEXTBOX, role("Username")).fill(operator);
        signIn(page, ManagedBus.PASSWORD);
        page.getByText("JMX", exactly()).first().click();
        Locator services = page.getByText("Services", exactly()).first();
        // The tree fills while it is looked at; what comes later is folded.
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(500))
                .pollInSameThread()
                .until(() -> {
                    if (!services.isVisible()) {
                        Locator collapse =
                                page.getByText("Collapse all", exactly()).first();
                        if (collapse.isVisible()) {
                            collapse.click();
                        }
                        page.getByText("Expand all", exactly()).first().click();
                    }
                    return services.isVisible();
                });
        services.click();
        page.getByText("Operations", exactly()).first().click();
        page.getByText("stop(String, String)", exactly()).first().waitFor();
        browser.forget();
        return page;
    }

    /** An operation, opened. */
    private static Locator operation(Page page, String signature) {
        Locator form = page.locator("[id='operation-execute-" + signature + "']");
        page.locator("li", new Page.LocatorOptions().setHas(form))
                .getByRole(AriaRole.BUTTON, button("Details"))
                .click();
        return form;
    }

    private static Locator.GetByRoleOptions button(String name) {
        return new Locator.GetByRoleOptions().setName(name);
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
