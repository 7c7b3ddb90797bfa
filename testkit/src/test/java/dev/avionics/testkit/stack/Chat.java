package dev.avionics.testkit.stack;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.spi.CredentialSource;
import dev.avionics.testkit.backend.Reply;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Chat completions as an OpenAI-shaped backend speaks them, and requests for them. */
final class Chat {
    static final Duration PATIENCE = Duration.ofSeconds(20);
    static final String KEY = "sk-stack-0123456789abcdef";
    static final String ROLE = choice("{\"role\":\"assistant\",\"content\":\"\"}", null);
    static final String FINISH = choice("{}", "stop");
    static final String USAGE =
            "{\"id\":\"c-1\",\"object\":\"chat.completion.chunk\",\"model\":\"m\",\"choices\":[],\"usage\":"
                    + "{\"prompt_tokens\":3,\"completion_tokens\":2,\"total_tokens\":5}}";
    static final String DONE = "[DONE]";

    private static final AtomicInteger COUNT = new AtomicInteger();

    private Chat() {}

    static String text(String piece) {
        return choice("{\"content\":\"" + piece + "\"}", null);
    }

    private static String choice(String delta, String finish) {
        return "{\"id\":\"c-1\",\"object\":\"chat.completion.chunk\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":"
                + delta + ",\"finish_reason\":" + (finish == null ? "null" : "\"" + finish + "\"") + "}]}";
    }

    /** A streamed answer of these pieces of text. */
    static Reply streamed(String... pieces) {
        Reply reply = Reply.sse(ROLE);
        for (String piece : pieces) {
            reply = reply.event(text(piece));
        }
        return reply.event(FINISH).event(USAGE).event(DONE);
    }

    static String whole(String text) {
        return "{\"id\":\"c-1\",\"object\":\"chat.completion\",\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":"
                + "{\"role\":\"assistant\",\"content\":\"" + text + "\"},\"finish_reason\":\"stop\"}],\"usage\":"
                + "{\"prompt_tokens\":3,\"completion_tokens\":2,\"total_tokens\":5}}";
    }

    /** The text as one answer, streamed in two pieces or whole. */
    static Reply answer(boolean stream, String text) {
        int half = text.length() / 2;
        return stream ? streamed(text.substring(0, half), text.substring(half)) : Reply.json(whole(text));
    }

    static String error(String type, String message) {
        return "{\"error\":{\"type\":\"" + type + "\",\"message\":\"" + message + "\"}}";
    }

    /** A metered endpoint with a key. Its name is its own, and so is its retry budget. */
    static Target target(URI backend) {
        return target(backend, CredentialSource.key(Secret.of(KEY)));
    }

    static Target target(URI backend, CredentialSource credentials) {
        return new Target(
                EndpointSpec.builder(
                                "upstream-" + COUNT.incrementAndGet(),
                                URI.create(backend + "/v1"),
                                BackendKind.OPENAI_CHAT)
                        .credentials(credentials)
                        .build(),
                "m");
    }

    static InferenceRequest request(boolean stream) {
        return InferenceRequest.builder().message(Message.user("a question")).stream(stream)
                .build();
    }
}
