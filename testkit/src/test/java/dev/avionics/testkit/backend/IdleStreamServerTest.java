package dev.avionics.testkit.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class IdleStreamServerTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int MANY = 1500;

    @Test
    void manyStreams_openedAndLeft_areCounted() throws IOException {
        List<RawClient> clients = new ArrayList<>();
        try (IdleStreamServer server = IdleStreamServer.start("{}")) {
            for (int i = 0; i < MANY; i++) {
                clients.add(RawClient.connect(server.port()).post("/v1/chat", "{}"));
            }
            server.awaitOpenStreams(MANY, SOON);
            assertThat(server.requests()).isEqualTo(MANY);
            for (RawClient client : clients) {
                assertThat(client.readUntil("\n\n\r\n"))
                        .startsWith("HTTP/1.1 200 OK\r\n")
                        .endsWith("\r\n\r\na\r\ndata: {}\n\n\r\n");
            }
            server.broadcast("x");
            for (RawClient client : clients) {
                assertThat(client.readUntil("\n\n\r\n")).isEqualTo("9\r\ndata: x\n\n\r\n");
            }
            for (RawClient client : clients.subList(0, 500)) {
                client.close();
            }
            for (RawClient client : clients.subList(500, 600)) {
                client.reset();
            }
            server.awaitOpenConnections(MANY - 600, SOON);
            assertThat(server.openStreams()).isEqualTo(MANY - 600);
            assertThat(server.departures()).isEqualTo(600);
            server.finish();
            assertThat(clients.get(MANY - 1).readUntil("\r\n\r\n")).isEqualTo("0\r\n\r\n");
            server.awaitOpenStreams(0, SOON);
            assertThat(server.openConnections()).isEqualTo(MANY - 600);
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
    }

    @Test
    void finishedConnection_nextRequest_isServed() throws IOException {
        try (IdleStreamServer server = IdleStreamServer.start("a");
                RawClient client = RawClient.connect(server.port())) {
            for (int i = 1; i <= 3; i++) {
                client.get("/").readUntil("data: a\n\n\r\n");
                server.awaitOpenStreams(1, SOON);
                server.finish();
                client.readUntil("0\r\n\r\n");
                assertThat(server.requests()).isEqualTo(i);
            }
        }
    }

    @Test
    void close_withOpenStreams_endsThem() throws IOException {
        IdleStreamServer server = IdleStreamServer.start("a");
        try (RawClient client = RawClient.connect(server.port())) {
            client.get("/").readUntil("data: a\n\n\r\n");
            server.close();
            assertThat(client.read()).isEqualTo(-1);
        }
        assertThat(server.openConnections()).isZero();
    }
}
