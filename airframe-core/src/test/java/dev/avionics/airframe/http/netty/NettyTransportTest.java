package dev.avionics.airframe.http.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpExchange;
import dev.avionics.airframe.http.HttpHead;
import dev.avionics.airframe.http.HttpReceiver;
import dev.avionics.airframe.http.HttpTransport;
import dev.avionics.airframe.http.TransportOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Here, where the native library is on the class path; the other tests of the transport are in testkit. */
class NettyTransportTest {
    private static HttpTransport transport(boolean nativeIo) {
        return NettyTransport.create(
                TransportOptions.builder().nativeIo(nativeIo).build());
    }

    private static Object call(HttpTransport transport, int port) throws Exception {
        CompletableFuture<Object> outcome = new CompletableFuture<>();
        transport.send(
                HttpCall.get(URI.create("http://127.0.0.1:" + port + "/")), Duration.ofSeconds(5), new Status(outcome));
        return outcome.get(10, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void refusedAndReset_onEitherIo_areTold(boolean nativeIo) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
                HttpTransport transport = transport(nativeIo)) {
            CompletableFuture<Object> outcome = new CompletableFuture<>();
            transport.send(
                    HttpCall.get(URI.create("http://127.0.0.1:" + server.getLocalPort() + "/")),
                    Duration.ofSeconds(5),
                    new Status(outcome));
            try (Socket peer = server.accept()) {
                assertThat(peer.getInputStream().read()).isEqualTo('G');
                peer.setSoLinger(true, 0);
            }
            assertThat(((InferenceException) outcome.get(10, TimeUnit.SECONDS)).code())
                    .contains("reset");
            server.close();
            InferenceException refused = (InferenceException) call(transport, server.getLocalPort());
            assertThat(refused.code()).contains("connect");
            assertThat(refused).hasMessageContaining("is the server running?");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void call_onEitherIo_isAnswered(boolean nativeIo) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
                HttpTransport transport = transport(nativeIo)) {
            Thread answering = new Thread(() -> answer(server));
            answering.start();
            assertThat(call(transport, server.getLocalPort())).isEqualTo(200);
            answering.join();
        }
    }

    private static void answer(ServerSocket server) {
        try (Socket peer = server.accept()) {
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(peer.getInputStream(), StandardCharsets.US_ASCII));
            assertThat(lines.readLine()).isEqualTo("GET / HTTP/1.1");
            while (!lines.readLine().isEmpty()) {
                // The headers.
            }
            peer.getOutputStream()
                    .write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private record Status(CompletableFuture<Object> outcome) implements HttpReceiver {
        @Override
        public void onConnected(HttpExchange exchange) {}

        @Override
        public void onSent() {}

        @Override
        public void onHead(HttpHead head) {
            outcome.complete(head.status());
        }

        @Override
        public void onBytes(ByteBuffer bytes) {}

        @Override
        public void onReadComplete() {}

        @Override
        public void onEnd() {}

        @Override
        public void onFailure(InferenceException why) {
            outcome.complete(why);
        }
    }
}
