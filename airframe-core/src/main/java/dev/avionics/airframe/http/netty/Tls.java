package dev.avionics.airframe.http.netty;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** TLS 1.2 and 1.3 by the JVM, always with check of certificate and host name. */
final class Tls {
    private final @Nullable KeyStore trust;
    private volatile @Nullable SslContext context;

    /** The trusted certificates cannot be used. */
    static final class UnusableException extends Exception {
        private static final long serialVersionUID = 1L;

        UnusableException(Throwable cause) {
            super(Failures.said(cause), cause);
        }
    }

    Tls(@Nullable KeyStore trust) {
        this.trust = trust;
    }

    boolean isReady() {
        return context != null;
    }

    /** Reads the trusted certificates, once; takes long and blocks. */
    synchronized void prepare() throws UnusableException {
        if (context == null) {
            try {
                TrustManagerFactory trusted =
                        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
                trusted.init(trust);
                context = SslContextBuilder.forClient()
                        .sslProvider(SslProvider.JDK)
                        .protocols("TLSv1.3", "TLSv1.2")
                        .endpointIdentificationAlgorithm("HTTPS")
                        .trustManager(trusted)
                        .build();
            } catch (GeneralSecurityException | SSLException | RuntimeException e) {
                throw new UnusableException(e);
            }
        }
    }

    /** A handler that checks that the peer is the origin's host; {@link #prepare()} must have been called. */
    SslHandler handler(ByteBufAllocator alloc, Origin origin) {
        SslContext ready = context;
        if (ready == null) {
            throw new IllegalStateException("not prepared");
        }
        SslHandler handler = ready.newHandler(alloc, origin.host(), origin.port());
        // The connect clock is the caller's, and holds for all phases together.
        handler.setHandshakeTimeoutMillis(0);
        return handler;
    }
}
