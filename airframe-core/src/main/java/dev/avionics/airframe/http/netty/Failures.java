package dev.avionics.airframe.http.netty;

import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.error.InferenceException.Sent;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.NotSslRecordException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Puts what went wrong into words: one line that says what to do, without header values, bodies and queries. */
final class Failures {
    private static final int MAX_DEPTH = 20;

    private Failures() {}

    static InferenceException connection(
            Origin origin, String code, Sent sent, String message, @Nullable Throwable cause) {
        return InferenceException.builder(ErrorCategory.CONNECTION, message)
                .code(code)
                .sent(sent)
                .endpoint(origin.name())
                .cause(cause)
                .build();
    }

    static InferenceException closed() {
        return InferenceException.builder(ErrorCategory.REJECTED, "the transport is closed")
                .sent(Sent.NOTHING)
                .build();
    }

    static InferenceException closedDuring(Origin origin, Sent sent) {
        return InferenceException.builder(ErrorCategory.REJECTED, "the transport was closed during the call")
                .sent(sent)
                .endpoint(origin.name())
                .build();
    }

    static InferenceException invalid(String message) {
        return InferenceException.builder(ErrorCategory.INVALID_REQUEST, message)
                .origin(ErrorOrigin.CALLER)
                .sent(Sent.NOTHING)
                .build();
    }

    static InferenceException noAddress(Origin origin, @Nullable Throwable cause) {
        return connection(
                origin,
                "dns",
                Sent.NOTHING,
                "no address found for host " + origin.dialHost() + ": is the name right, and is the network up?",
                cause);
    }

    static InferenceException trustUnusable(Origin origin, Throwable cause) {
        return connection(
                origin,
                "tls",
                Sent.NOTHING,
                "the trusted certificates cannot be used (" + said(cause) + "): check the trust store",
                cause);
    }

    static InferenceException poolFull(Origin origin, int connections, int waiting) {
        return connection(
                origin,
                "pool",
                Sent.NOTHING,
                "all " + connections + " connections to " + origin.name() + " are in use and " + waiting
                        + " calls wait already: raise maxConnections, or send less at a time",
                null);
    }

    static InferenceException connect(Origin origin, @Nullable Throwable cause) {
        String message;
        if (cause instanceof ConnectTimeoutException) {
            message = "no answer from " + origin.dialName() + " within the connect time: is a firewall in between?";
        } else if (cause instanceof NoRouteToHostException) {
            message = "no route to " + origin.dialName() + ": is the network up?";
        } else if (cause instanceof ConnectException && said(cause).contains("refused")) {
            message = "connection refused at " + origin.dialName() + ": is the server running?";
        } else {
            message = "cannot connect to " + origin.dialName() + (cause == null ? "" : " (" + said(cause) + ")");
        }
        return connection(origin, "connect", Sent.NOTHING, message, cause);
    }

    static InferenceException handshake(Origin origin, @Nullable Throwable cause) {
        if (isCut(cause)) {
            return connection(
                    origin,
                    "connect",
                    Sent.NOTHING,
                    "the connection to " + origin.name()
                            + " was closed before it was secure: does the server speak TLS?",
                    cause);
        }
        return connection(origin, "tls", Sent.NOTHING, tlsMessage(origin, cause), cause);
    }

    /** Whether a handshake ended because the connection did, not because the two did not agree. */
    private static boolean isCut(@Nullable Throwable cause) {
        if (find(cause, CertificateException.class) != null) {
            return false;
        }
        boolean tls = false;
        int depth = 0;
        for (Throwable at = cause; at != null && depth < MAX_DEPTH; at = at.getCause()) {
            boolean ssl = at instanceof SSLException;
            if ((at instanceof IOException && !ssl) || said(at).startsWith("Connection closed while")) {
                return true;
            }
            tls |= ssl;
            depth++;
        }
        return !tls;
    }

    private static String tlsMessage(Origin origin, @Nullable Throwable cause) {
        if (find(cause, NotSslRecordException.class) != null) {
            return origin.name() + " does not speak TLS: should the address start with http://?";
        }
        if (find(cause, CertificateExpiredException.class) != null) {
            return "the certificate of " + origin.name() + " has expired: it must be renewed on the server";
        }
        if (find(cause, CertificateNotYetValidException.class) != null) {
            return "the certificate of " + origin.name() + " is not valid yet: is this machine's clock right?";
        }
        if (find(cause, CertPathBuilderException.class) != null
                || find(cause, CertPathValidatorException.class) != null) {
            return "the certificate of " + origin.name()
                    + " is not signed by an authority that is trusted here: add it to the trust store";
        }
        Throwable certificate = find(cause, CertificateException.class);
        String said = certificate == null ? "" : said(certificate);
        if (said.contains("subject alternative") || said.contains("No name matching")) {
            return "the certificate of " + origin.name() + " is for another host name: is the address right?";
        }
        String why = certificate == null ? said(cause) : said;
        return "no secure connection to " + origin.name() + " (" + why + ")";
    }

    /** The cause of a type, the innermost one; null if there is none. */
    private static @Nullable Throwable find(@Nullable Throwable from, Class<? extends Throwable> type) {
        Throwable found = null;
        int depth = 0;
        for (Throwable at = from; at != null && depth < MAX_DEPTH; at = at.getCause()) {
            if (type.isInstance(at)) {
                found = at;
            }
            depth++;
        }
        return found;
    }

    /** What an exception says, on one line and short. */
    static String said(@Nullable Throwable cause) {
        if (cause == null) {
            return "unknown";
        }
        String text = cause.getMessage();
        if (text == null || text.isBlank()) {
            return cause.getClass().getSimpleName();
        }
        StringBuilder line = new StringBuilder(text.length());
        for (int i = 0; i < text.length() && i < 200; i++) {
            char c = text.charAt(i);
            line.append((c < ' ' || c == 0x7f) ? ' ' : c);
        }
        return line.toString().strip().toLowerCase(Locale.ROOT).equals("null")
                ? "unknown"
                : line.toString().strip();
    }
}
