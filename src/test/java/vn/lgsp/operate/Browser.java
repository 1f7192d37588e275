package vn.lgsp.operate;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A real Chromium for a test. Where there is none, it is installed if this is a Debian on which we may do so; else the test is
 * skipped with a reason, but never on a build server ({@code CI=true}): there it fails.
 */
public final class Browser implements AutoCloseable {
    private static final List<String> PLACES =
            List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome");
    private static final List<String> ARGUMENTS = List.of(
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync");

    private final Playwright playwright;
    private final com.microsoft.playwright.Browser chromium;
    private final List<String> complaints = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    private Browser(Path executable) {
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        chromium = playwright
                .chromium()
                .launch(new LaunchOptions().setExecutablePath(executable).setArgs(ARGUMENTS));
    }

    public static Browser open() {
        Optional<Path> found = find();
        if (found.isEmpty() && mayInstall()) {
            install();
            found = find();
        }
        if (found.isEmpty()) {
            String reason = "no Chromium at " + PLACES + ": install the package chromium";
            // Where this assumption fails, the test is skipped.
            Assumptions.assumeTrue("true".equals(System.getenv("CI")), reason);
            throw new IllegalStateException(reason);
        }
        return new Browser(found.get());
    }

    /** A new page whose complaints and failed requests are collected. */
    public Page page(int width, int height) {
        Page page = chromium.newContext(new NewContextOptions().setViewportSize(width, height))
                .newPage();
        page.setDefaultTimeout(60_000);
        page.onConsoleMessage(message -> {
            if (message.type().equals("error")) {
                complaints.add(message.text() + " at " + message.location());
            }
        });
        page.onPageError(complaints::add);
        page.onRequestFailed(request -> failures.add(request.method() + " " + request.url() + " " + request.failure()));
        page.onResponse(answer -> {
            if (answer.status() >= 400) {
                failures.add(answer.request().method() + " " + answer.url() + " " + answer.status());
            }
        });
        return page;
    }

    /** What the pages wrote to the console as errors. */
    public List<String> complaints() {
        return complaints;
    }

    /** Requests that were not answered, or answered with 400 and above. */
    public List<String> failures() {
        return failures;
    }

    /** What happened until now was expected. */
    public void forget() {
        complaints.clear();
        failures.clear();
    }

    @Override
    public void close() {
        chromium.close();
        playwright.close();
    }

    private static Optional<Path> find() {
        return PLACES.stream().map(Path::of).filter(Files::isExecutable).findFirst();
    }

    private static boolean mayInstall() {
        return "root".equals(System.getProperty("user.name")) && Files.exists(Path.of("/etc/debian_version"));
    }

    private static void install() {
        Stream.of(
                        List.of("apt-get", "update"),
                        List.of("apt-get", "install", "-y", "--no-install-recommends", "chromium"))
                .forEach(Browser::run);
    }

    private static void run(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().put("DEBIAN_FRONTEND", "noninteractive");
        try {
            Process process = builder.start();
            if (!process.waitFor(10, TimeUnit.MINUTES)) {
                process.destroyForcibly();
            }
        } catch (IOException notThere) {
            throw new IllegalStateException("cannot run " + command, notThere);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
