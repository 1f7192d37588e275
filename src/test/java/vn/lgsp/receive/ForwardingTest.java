package vn.lgsp.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ForwardingTest {
    private final Forwarding forwarding =
            new Forwarding(new TrustedProxies(List.of("10.1.0.0/16", "192.0.2.7", "2001:db8::/32")));

    private Optional<String> address(String... headers) {
        List<Map.Entry<String, String>> all = new ArrayList<>();
        for (int i = 0; i < headers.length; i += 2) {
            all.add(Map.entry(headers[i], headers[i + 1]));
        }
        return forwarding.address(all, "http");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            for=203.0.113.9;host=lgsp.example.vn;proto=https | https://lgsp.example.vn
            for=203.0.113.9;host="lgsp.example.vn:8443";proto=HTTPS | https://lgsp.example.vn:8443
            For="[2001:db9::1]:4711"; Host=a.vn | http://a.vn
            for=9.9.9.9;host=outer.vn;proto=https, for=10.1.2.3;host=inner | https://outer.vn
            for=9.9.9.9;host=outer.vn, for="[2001:db8:1::9]:80";host=inner | http://outer.vn
            for=1.1.1.1;host=evil.vn, for=9.9.9.9;host=outer.vn, for=10.1.2.3;host=inner | http://outer.vn
            for=1.1.1.1;host=evil.vn, for=unknown;host=inner.vn | http://inner.vn
            for=1.1.1.1;host=evil.vn, for=_hidden;host=inner.vn | http://inner.vn
            """)
    void the_outermost_trusted_proxy_tells_the_address(String forwarded, String address) {
        assertThat(address("Forwarded", forwarded)).hasValue(address);
    }

    @Test
    void several_headers_are_one_list_and_the_standard_one_comes_first() {
        assertThat(address(
                        "X-Forwarded-Host", "other.vn",
                        "Forwarded", "for=9.9.9.9;host=outer.vn",
                        "forwarded", "for=10.1.2.3;host=inner.vn"))
                .hasValue("http://outer.vn");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "host=\"bus\\\"/><evil\"",
                "host=a.vn;proto=javascript",
                "host=user@a.vn",
                "host=a.vn/path",
                "host=",
                "proto=https",
                "host=a.vn, nonsense",
                "\"host=a.vn",
                ""
            })
    void what_is_no_address_is_not_believed(String forwarded) {
        assertThat(address("Forwarded", forwarded, "X-Forwarded-Host", "a b")).isEmpty();
    }

    @Test
    void the_customary_headers_tell_host_scheme_port_and_path() {
        assertThat(address("X-Forwarded-Host", "lgsp.vn", "X-Forwarded-Proto", "https"))
                .hasValue("https://lgsp.vn");
        assertThat(address("X-Forwarded-Host", "lgsp.vn", "X-Forwarded-Port", "8443", "X-Forwarded-Prefix", "/bus/"))
                .hasValue("http://lgsp.vn:8443/bus");
        assertThat(address("X-Forwarded-Host", "lgsp.vn", "X-Forwarded-Port", "443", "X-Forwarded-Proto", "https"))
                .hasValue("https://lgsp.vn");
        assertThat(address("X-Forwarded-Host", "lgsp.vn", "X-Forwarded-Prefix", "/a\"b"))
                .isEmpty();
        assertThat(address("X-Forwarded-Proto", "https")).isEmpty();
    }

    @Test
    void of_customary_lists_the_entry_of_the_outermost_trusted_proxy_counts() {
        assertThat(address(
                        "X-Forwarded-For", "1.1.1.1, 9.9.9.9, 10.1.2.3",
                        "X-Forwarded-Host", "evil.vn, outer.vn, inner.vn"))
                .hasValue("http://outer.vn");
        assertThat(address("X-Forwarded-For", "1.1.1.1, 9.9.9.9", "X-Forwarded-Host", "evil.vn, inner.vn"))
                .hasValue("http://inner.vn");
    }

    @Test
    void a_proxy_is_trusted_by_address_or_range() {
        TrustedProxies proxies =
                new TrustedProxies(List.of("10.1.0.0/16", "192.0.2.7", "2001:db8::/32", "10.2.0.128/25"));

        assertThat(List.of("10.1.255.255", "192.0.2.7", "2001:db8:ffff::1", "10.2.0.200", "2001:db8::1%eth0"))
                .allMatch(proxies::hold);
        assertThat(List.of(
                        "10.2.0.1", "192.0.2.8", "2001:db9::1", "", "localhost", "unknown", "10.1.2.3.4", "999.1.1.1"))
                .noneMatch(proxies::hold);
        assertThat(new TrustedProxies(List.of()).hold("127.0.0.1")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"proxy.vn", "10.1.0.0/33", "10.1.0.0/", "10.1.0.0/8/8", "2001:db8::/129", "", "256.1.1.1"})
    void what_is_neither_stops_the_start(String written) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TrustedProxies(List.of(written)))
                .withMessageContaining("lgsp.receive.trusted-proxies")
                .withMessageContaining("10.1.0.0/16");
    }
}
