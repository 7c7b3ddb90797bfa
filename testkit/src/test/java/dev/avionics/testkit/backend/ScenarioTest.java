package dev.avionics.testkit.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ScenarioTest {
    private static String ask(SimulatedBackend backend, String path, String body) throws IOException {
        try (RawClient client = RawClient.connect(backend.port())) {
            String answer = client.post(path, body).readAnswer();
            return answer.substring(answer.indexOf("\r\n\r\n") + 4);
        }
    }

    @Test
    void rules_allKinds_areTakenInTheOrderOfTheContract() throws IOException {
        Scenario scenario = Scenario.create()
                .whenPath("/a", Reply.json("a1"), Reply.json("a2"))
                .whenBodyContains("magic", Reply.json("body"))
                .always(
                        request -> request.method().equals("POST")
                                && request.path().equals("/p"),
                        Reply.json("p"))
                .then(Reply.json("q1"))
                .otherwise(Reply.json("rest"));
        try (SimulatedBackend backend = SimulatedBackend.start(scenario)) {
            assertThat(scenario.repliesLeft()).isEqualTo(4);
            assertThat(ask(backend, "/a", "magic")).isEqualTo("a1");
            assertThat(ask(backend, "/b", "some magic")).isEqualTo("body");
            assertThat(ask(backend, "/p", "")).isEqualTo("p");
            assertThat(ask(backend, "/p", "")).isEqualTo("p");
            assertThat(ask(backend, "/a", "")).isEqualTo("a2");
            assertThat(ask(backend, "/a", "")).isEqualTo("q1");
            assertThat(ask(backend, "/a", "")).isEqualTo("rest");
            assertThat(scenario.repliesLeft()).isZero();
        }
    }

    @Test
    void replies_addedWhileRunning_areGiven() throws IOException {
        try (SimulatedBackend backend = SimulatedBackend.start()) {
            backend.then(Reply.json("1"));
            assertThat(ask(backend, "/", "")).isEqualTo("1");
            backend.then(Reply.json("2"));
            assertThat(ask(backend, "/", "")).isEqualTo("2");
        }
    }

    @Test
    void earlyRule_byPath_leavesOtherRequestsAlone() throws IOException {
        Scenario scenario =
                Scenario.create().whenPath("/upload", Reply.status(413).early()).then(Reply.json("q"));
        try (SimulatedBackend backend = SimulatedBackend.start(scenario);
                RawClient client = RawClient.connect(backend.port())) {
            assertThat(ask(backend, "/other", "x")).isEqualTo("q");
            client.send("POST /upload HTTP/1.1\r\nContent-Length: 9\r\n\r\n");
            assertThat(client.readAnswer()).startsWith("HTTP/1.1 413 ");
        }
    }
}
