package dev.avionics.airframe.spi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.Secret;
import dev.avionics.airframe.http.HttpCall;
import java.net.URI;
import org.junit.jupiter.api.Test;

class CredentialTest {
    private static final HttpCall CALL = new HttpCall(
            "GET", URI.create("http://localhost:1"), java.util.Map.of("accept", "text/plain"), new byte[0], false);
    private static final Secret KEY = Secret.of("k-0123456789");

    @Test
    void key_isPutWhereItSays_orWhereTheProtocolWantsIt() {
        assertThat(Credential.key(KEY).onto(CALL, "x-key").headers())
                .containsEntry("x-key", "k-0123456789")
                .containsEntry("accept", "text/plain");
        assertThat(Credential.bearer(KEY).onto(CALL, "x-key").headers())
                .containsEntry("authorization", "Bearer k-0123456789")
                .doesNotContainKey("x-key");
        assertThat(Credential.header("x-other", KEY).onto(CALL, "x-key").headers())
                .containsEntry("x-other", "k-0123456789")
                .doesNotContainKey("x-key");
        assertThat(Credential.NONE.onto(CALL, "x-key")).isEqualTo(CALL);
    }
}
