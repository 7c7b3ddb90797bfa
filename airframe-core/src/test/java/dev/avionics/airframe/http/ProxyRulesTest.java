package dev.avionics.airframe.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.http.ProxyRules.Proxy;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyRulesTest {
    private static ProxyRules except(String noProxy) {
        return ProxyRules.of(Map.of("https_proxy", "http://proxy.example:3128", "no_proxy", noProxy));
    }

    @Test
    void environment_ofBothCases_isRead() {
        ProxyRules lower = ProxyRules.of(Map.of("http_proxy", "p1.example:1", "HTTP_PROXY", "p2.example:2"));
        assertThat(lower.proxyFor("http", "a.example", 80)).contains(new Proxy("p1.example", 1, null));
        assertThat(lower.proxyFor("https", "a.example", 443)).isEmpty();
        ProxyRules upper = ProxyRules.of(Map.of("HTTPS_PROXY", "http://p2.example"));
        assertThat(upper.proxyFor("https", "a.example", 443)).contains(new Proxy("p2.example", 80, null));
        assertThat(upper.proxyFor("http", "a.example", 80)).isEmpty();
        assertThat(ProxyRules.of(Map.of()).proxyFor("http", "a.example", 80)).isEmpty();
        assertThat(ProxyRules.of(Map.of("http_proxy", "", "HTTP_PROXY", "p:1")).proxyFor("http", "a.example", 80))
                .isEmpty();
    }

    @Test
    void httpProxy_thatARemoteCallerMayHaveSet_isIgnored() {
        assertThat(ProxyRules.of(Map.of("HTTP_PROXY", "evil.example:1", "REQUEST_METHOD", "GET"))
                        .proxyFor("http", "a.example", 80))
                .isEmpty();
    }

    @Test
    void userAndPassword_always_becomeAHeaderAndAreNotPrinted() {
        ProxyRules rules = ProxyRules.of(Map.of("https_proxy", "http://us%65r:se+cr%40t@proxy.example:3128"));
        Proxy proxy = rules.proxyFor("https", "a.example", 443).orElseThrow();
        assertThat(proxy.authorization()).isNotNull();
        assertThat(proxy.authorization().reveal()).isEqualTo("Basic dXNlcjpzZStjckB0");
        assertThat(rules.toString()).contains("proxy.example:3128").doesNotContain("se+cr");
        assertThat(proxy.toString()).doesNotContain("se+cr").doesNotContain("dXNlc");
    }

    @ParameterizedTest
    @CsvSource({
        "*, a.example, 443, true",
        "a.example, a.example, 443, true",
        "a.example, A.EXAMPLE, 443, true",
        "a.example, x.a.example, 443, true",
        ".a.example, x.a.example, 443, true",
        ".a.example, a.example, 443, true",
        "*.a.example, x.a.example, 443, true",
        "a.example, ba.example, 443, false",
        "a.example, a.example.org, 443, false",
        "a.example:8443, a.example, 8443, true",
        "a.example:8443, a.example, 443, false",
        "'b.example, a.example', a.example, 443, true",
        "'b.example a.example', a.example, 443, true",
        "10.0.0.1, 10.0.0.1, 443, true",
        "0.0.0.1, 10.0.0.1, 443, false",
        "fe80::1, [fe80::1], 443, true",
        "[fe80::1]:443, fe80::1, 443, true",
        "[fe80::1]:444, fe80::1, 443, false",
        "'', a.example, 443, false"
    })
    void noProxy_always_followsItsRules(String noProxy, String host, int port, boolean direct) {
        assertThat(except(noProxy).proxyFor("https", host, port).isEmpty()).isEqualTo(direct);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST", "api.localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]"})
    void thisMachine_always_isCalledDirectly(String host) {
        assertThat(except("").proxyFor("https", host, 443)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.evil.example", "localhost.evil.example", "128.0.0.1"})
    void hostThatLooksLikeThisMachine_always_goesThroughTheProxy(String host) {
        assertThat(except("").proxyFor("https", host, 443)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "socks5://u:secret@p.example:1",
                "https://u:secret@p.example:1",
                "http://u:secret@:1",
                "http://u:sec ret@p"
            })
    void proxy_thatCannotBeUsed_isRefusedWithoutItsValue(String value) {
        assertThatThrownBy(() -> ProxyRules.of(Map.of("https_proxy", value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("https_proxy")
                .message()
                .doesNotContain("sec");
    }
}
