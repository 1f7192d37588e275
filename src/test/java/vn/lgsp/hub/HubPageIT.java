package vn.lgsp.hub;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import vn.lgsp.operate.Browser;

/** The page of the hub in a real browser. */
class HubPageIT {
    @Test
    void a_person_turns_a_switch_sees_what_comes_of_it_and_turns_it_off() throws Exception {
        try (Hub hub = Hub.start(0, Clock.systemUTC());
                Browser browser = Browser.open()) {
            HubCaller call = new HubCaller(hub);
            Page page = browser.page(1_500, 1_000);
            page.navigate("http://127.0.0.1:" + hub.port() + "/hub");
            assertThat(page.title()).isEqualTo("Hub giả lập · LGSP");
            assertThat(page.locator("#switches tbody tr").count())
                    .isEqualTo(hub.simulators().size());

            page.getByLabel("Lỗi của Nền tảng NDXP", new Page.GetByLabelOptions().setExact(true))
                    .selectOption("slow");
            page.getByLabel("Giá trị, Nền tảng NDXP", new Page.GetByLabelOptions().setExact(true))
                    .fill("5");
            page.getByLabel("Số lần, Nền tảng NDXP", new Page.GetByLabelOptions().setExact(true))
                    .fill("2");
            page.getByRole(AriaRole.BUTTON, exactly("Bật, Nền tảng NDXP")).click();
            page.getByText("slow=5 ×2").waitFor();
            assertThat(hub.faults("ndxp").on()).singleElement().satisfies(set -> {
                assertThat(set.fault()).isEqualTo(Fault.SLOW);
                assertThat(set.left()).isEqualTo(2);
            });

            call.post("/ndxp/token", "<b>secret</b>", "Authorization", HubCaller.basic("nobody:nothing"));
            Locator row = page.locator("#received tbody tr");
            row.first().waitFor();
            assertThat(row.count()).isEqualTo(1);
            assertThat(row.textContent())
                    .contains("token", "401", "✗ consumer key and secret: not known", "slow")
                    .doesNotContain("secret</b>");
            page.getByText("slow=5 ×1").waitFor();
            assertThat(page.locator("#news").textContent()).contains("1 lần gọi mới");
            picture(page, "hub");

            page.getByRole(AriaRole.BUTTON, exactly("Tắt hết, Nền tảng NDXP")).click();
            page.locator("#ndxp .on")
                    .waitFor(new Locator.WaitForOptions()
                            .setState(com.microsoft.playwright.options.WaitForSelectorState.DETACHED));
            assertThat(hub.faults("ndxp").on()).isEmpty();

            page.getByLabel("Giá trị của token-life, Nền tảng NDXP", new Page.GetByLabelOptions().setExact(true))
                    .fill("2");
            page.getByRole(AriaRole.BUTTON, exactly("Đặt token-life, Nền tảng NDXP"))
                    .click();
            page.locator("#settings tr.set").waitFor();
            assertThat(hub.settings("ndxp").get("token-life")).isEqualTo("2");
            page.getByLabel("Giá trị của token-life, Nền tảng NDXP", new Page.GetByLabelOptions().setExact(true))
                    .fill("");
            page.getByRole(AriaRole.BUTTON, exactly("Đặt token-life, Nền tảng NDXP"))
                    .click();
            page.locator("#settings tr.set")
                    .waitFor(new Locator.WaitForOptions()
                            .setState(com.microsoft.playwright.options.WaitForSelectorState.DETACHED));
            assertThat(hub.settings("ndxp").get("token-life")).isEqualTo("3600");

            page.getByLabel("Lời gọi của Cổng").selectOption("nhantbthuedvcqg");
            page.getByLabel("Địa chỉ của nền tảng").fill("http://127.0.0.1:" + hub.port() + "/status/forward");
            page.getByLabel("Khóa của Cổng").fill("key-of-the-portal");
            page.getByRole(AriaRole.BUTTON, exactly("Gọi nền tảng")).click();
            page.waitForURL("**/button");
            assertThat(page.content()).contains("\"status\":404");
            assertThat(hub.received("status")).singleElement().satisfies(seen -> assertThat(seen.path())
                    .isEqualTo("/forward/nhantbthuedvcqg"));
            page.goBack();

            page.locator("#received tbody tr").last().locator("a").first().click();
            page.waitForURL("**/request");
            assertThat(page.content()).contains("&lt;b&gt;secret&lt;/b&gt;");
            page.goBack();
            page.getByRole(AriaRole.BUTTON, exactly("Làm lại từ đầu")).click();
            page.locator("#received tbody:empty")
                    .waitFor(new Locator.WaitForOptions()
                            .setState(com.microsoft.playwright.options.WaitForSelectorState.ATTACHED));
            assertThat(hub.received()).isEmpty();

            page.getByText("Nothing has been received yet.").waitFor();
            page.getByLabel("Giá trị, Nền tảng NDXP", new Page.GetByLabelOptions().setExact(true))
                    .fill("no number");
            page.getByRole(AriaRole.BUTTON, exactly("Bật, Nền tảng NDXP")).click();
            assertThat(page.getByRole(AriaRole.ALERT).textContent()).contains("write before or after");
            assertThat(hub.faults("ndxp").on()).isEmpty();
            page.navigate("http://127.0.0.1:" + hub.port() + "/hub");
            hub.faults("axis").set(Fault.DUPLICATE);
            page.locator("#axis .on").waitFor();
            call.post("/population/" + "mot-duong-dan-dai".repeat(20), "");
            assertThat(page.locator("#received tbody tr td:last-child").first().boundingBox().x)
                    .as("a long path moves nothing out of sight")
                    .isLessThan(1_500);

            Page narrow = browser.page(390, 800);
            narrow.navigate("http://127.0.0.1:" + hub.port() + "/hub");
            picture(narrow, "hub-narrow");
            assertThat(narrow.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
                    .as("only the tables scroll sideways")
                    .isEqualTo(true);
            assertThat(
                            narrow.evaluate(
                                    "[...document.querySelectorAll('.wide')].every(part => part.scrollWidth <= part.clientWidth)"))
                    .as("not even they")
                    .isEqualTo(true);
            assertThat(narrow.evaluate("[...document.querySelectorAll('select, input:not([type=hidden]), button')]"
                            + ".filter(field => !field.ariaLabel).length"))
                    .as("fields without a name")
                    .isEqualTo(0);
            assertThat(browser.failures()).singleElement().asString().endsWith("/hub/switch 400");
            assertThat(browser.complaints()).singleElement().asString().contains("400");
        }
    }

    private static Page.GetByRoleOptions exactly(String name) {
        return new Page.GetByRoleOptions().setName(name).setExact(true);
    }

    private static void picture(Page page, String name) {
        page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target", name + ".png")));
    }
}
