package dev.avionics.testkit.backend;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** The certificate and key with which a backend serves TLS; made by a {@link TestAuthority}. */
public final class ServerIdentity {
    private static final char[] PASSWORD = "in-memory".toCharArray();

    private final X509Certificate certificate;
    private final KeyStore store;
    private final SSLContext context;

    ServerIdentity(PrivateKey key, X509Certificate certificate, X509Certificate issuer) {
        this.certificate = certificate;
        try {
            store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("server", key, PASSWORD, new X509Certificate[] {certificate, issuer});
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, PASSWORD);
            context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("cannot set up TLS", e);
        }
    }

    /** Returns the certificate. */
    public X509Certificate certificate() {
        return certificate;
    }

    /** Returns a context for a server with this identity; it asks for no client certificate. */
    public SSLContext serverContext() {
        return context;
    }

    SSLSocket accept(Socket raw) throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(raw, null, raw.getPort(), true);
        socket.setUseClientMode(false);
        return socket;
    }
}
