package dev.avionics.benchmarks.parts;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.spi.CredentialSource;
import dev.avionics.airframe.spi.WireProtocol;
import dev.avionics.benchmarks.Answers;
import dev.avionics.benchmarks.Scenario;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** The call that all parts take their piece of. */
public final class Material {
    static final String EVENTS = "text/event-stream";
    static final String JSON = "application/json";
    static final Target TARGET = new Target(
            EndpointSpec.builder("upstream", URI.create("http://127.0.0.1:8080/v1"), BackendKind.OPENAI_CHAT)
                    .credentials(CredentialSource.key(Secret.of("key-of-the-benchmark")))
                    .build(),
            Scenario.MODEL);

    private static final int CHUNKS_PER_READ = 20;

    private Material() {}

    /** The question that all parts ask. */
    public static InferenceRequest request(boolean streamed) {
        return request(streamed, Scenario.USER);
    }

    /** That many questions, of which no two are the same and all are about as long as {@link #request}'s. */
    public static List<InferenceRequest> requests(boolean streamed, int count) {
        List<InferenceRequest> requests = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            requests.add(request(streamed, Scenario.USER + " " + i));
        }
        return requests;
    }

    private static InferenceRequest request(boolean streamed, String question) {
        return InferenceRequest.builder()
                .message(Message.system(Scenario.SYSTEM))
                .message(Message.user(question))
                .stream(streamed)
                .build();
    }

    static WireProtocol protocol() {
        for (WireProtocol protocol : ServiceLoader.load(WireProtocol.class)) {
            if (protocol.kind().equals(BackendKind.OPENAI_CHAT)) {
                return protocol;
            }
        }
        throw new IllegalStateException("no protocol for OpenAI chats on the class path");
    }

    /** The streamed answer as a busy connection gives it: several chunks to a read. */
    static List<byte[]> streamedReads() {
        List<byte[]> reads = new ArrayList<>();
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        int count = 0;
        for (byte[] event : Answers.events()) {
            read.writeBytes(event);
            if (++count % CHUNKS_PER_READ == 0) {
                reads.add(read.toByteArray());
                read.reset();
            }
        }
        reads.add(read.toByteArray());
        return reads;
    }
}
