package dev.avionics.airframe.http.netty;

import dev.avionics.airframe.http.ProxyRules.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * Whom connections lead to. Two calls may share a connection only if theirs are equal.
 *
 * @param host lower case; IPv6 without brackets
 * @param port not -1
 */
record Origin(boolean tls, String host, int port, @Nullable Proxy proxy) {

    /** Scheme, host and, unless it is the scheme's own, port. */
    String name() {
        return (tls ? "https://" : "http://") + authority();
    }

    /** Host and, unless it is the scheme's own, port: the value of the Host header. */
    String authority() {
        String bracketed = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return port == (tls ? 443 : 80) ? bracketed : bracketed + ":" + port;
    }

    /** Host and port, as CONNECT takes them. */
    String connectTarget() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    /** Whether requests name the whole URL, because a proxy reads them. */
    boolean absoluteForm() {
        return proxy != null && !tls;
    }

    /** The host a socket is opened to. */
    String dialHost() {
        return proxy == null ? host : proxy.host();
    }

    /** The port a socket is opened to. */
    int dialPort() {
        return proxy == null ? port : proxy.port();
    }

    /** What a socket is opened to, for people. */
    String dialName() {
        return proxy == null ? name() : "the proxy " + proxy.host() + ":" + proxy.port();
    }
}
