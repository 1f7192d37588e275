package vn.lgsp.operate;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import vn.lgsp.operate.DeliveriesView.Delivery;
import vn.lgsp.operate.DeliveriesView.State;

/** The pages of deliveries in a real browser. */
class DeliveriesIT {
    @Test
    void an_operator_finds_the_parked_delivery_reads_its_reason_and_sends_it_again() throws Exception {
        try (ManagedBus bus = new ManagedBus();
                Browser browser = Browser.open()) {
            Delivery parked = bus.deliveries.add(1, "social-insurance", State.PARKED);
            for (int i = 2; i < 9; i++) {
                bus.deliveries.add(i, "civil-archive", State.values()[i % 5]);
                bus.deliveries.add(i, "social-insurance", State.DELIVERED);
            }
            String address = "http://localhost:" + bus.port + "/deliveries";
            Page page = browser.page(1_400, 900);
            page.navigate(address);
            page.getByRole(AriaRole.TEXTBOX, role("Username")).fill(ManagedBus.USER);
            page.locator("input[type=password]").fill(ManagedBus.PASSWORD);
            page.getByRole(AriaRole.BUTTON, role("Log in")).click();
            page.getByText("routes", new Page.GetByTextOptions().setExact(true))
                    .first()
                    .waitFor();
            browser.forget();

            page.navigate(address);
            Locator rows = page.locator("#deliveries tbody tr");
            assertThat(rows.count()).isEqualTo(15);
            picture(page, "deliveries");
            page.getByLabel("Trạng thái").selectOption("parked");
            page.getByLabel("Nơi nhận").selectOption("social-insurance");
            page.getByText("Lọc", new Page.GetByTextOptions().setExact(true)).click();
            assertThat(rows.count()).isEqualTo(1);
            picture(page, "deliveries-parked");
            page.getByText(parked.id().toString()).click();
            assertThat(page.locator("dl").textContent()).contains("Chờ xử lý", "provider-failed", "<b>E\"17</b>", "20");
            picture(page, "delivery");

            page.getByRole(AriaRole.BUTTON, role("Gửi lại")).click();
            page.getByText("Đã xếp hàng để gửi lại.").waitFor();
            picture(page, "delivery-sent-again");
            assertThat(page.locator("form").count()).isZero();
            assertThat(bus.deliveries.find(parked.id()).orElseThrow().state()).isEqualTo(State.ACCEPTED);
            assertThat(browser.failures()).isEmpty();
            assertThat(browser.complaints()).isEmpty();

            page.getByText("Hệ thống").click();
            assertThat(page.locator("#systems tbody tr").count()).isEqualTo(2);
            assertThat(page.locator("#systems").textContent())
                    .contains("mất", "open", "provider-failed <b>E\"17</b>", "oauth2, secret-headers", "chỉ gọi đến");
            picture(page, "systems");
            assertThat(page.locator("#systems tbody tr").first().boundingBox().height)
                    .as("a row is as tall as what is read at once")
                    .isLessThan(120);
            page.locator("#systems summary").first().click();
            page.locator("#systems details[open]")
                    .getByText("land-parcel-lookup/v1")
                    .waitFor();
            assertThat(browser.failures()).isEmpty();
            assertThat(browser.complaints()).isEmpty();

            Page narrow = browser.page(390, 800);
            narrow.context()
                    .addCookies(page.context().cookies().stream()
                            .map(cookie -> new com.microsoft.playwright.options.Cookie(cookie.name, cookie.value)
                                    .setUrl("http://localhost:" + bus.port))
                            .toList());
            narrow.navigate(address);
            picture(narrow, "deliveries-narrow");
            assertThat(narrow.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
                    .as("only the tables scroll sideways")
                    .isEqualTo(true);

            narrow.navigate("http://localhost:" + bus.port + "/systems");
            assertThat(narrow.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
                    .as("only the table scrolls sideways")
                    .isEqualTo(true);
            assertThat(
                            narrow.evaluate(
                                    "document.querySelector('.wide').scrollWidth <= document.querySelector('.wide').clientWidth"))
                    .as("not even that")
                    .isEqualTo(true);
            picture(narrow, "systems-narrow");

            page.getByText("Đăng xuất").click();
            page.getByRole(AriaRole.TEXTBOX, role("Username")).waitFor();
            page.navigate(address);
            page.getByRole(AriaRole.TEXTBOX, role("Username")).waitFor();
            assertThat(page.content()).doesNotContain("social-insurance");
        }
    }

    private static Page.GetByRoleOptions role(String name) {
        return new Page.GetByRoleOptions().setName(name);
    }

    private static void picture(Page page, String name) {
        page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target", name + ".png")));
    }
}
