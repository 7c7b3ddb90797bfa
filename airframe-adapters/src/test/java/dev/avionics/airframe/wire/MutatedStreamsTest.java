package dev.avionics.airframe.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.spi.EventDecoder;
import dev.avionics.airframe.spi.WireProtocol;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Spoilt answers of every backend: each gives a result or one error, whatever was done to it and however it is cut. */
class MutatedStreamsTest {
    private static final int STREAMS = 100_000;
    private static final int LARGEST = 6_000;
    private static final Duration LONGEST = Duration.ofMinutes(4);

    private static final Map<String, BackendKind> KINDS = Map.ofEntries(
            Map.entry("openai-chat", BackendKind.OPENAI_CHAT),
            Map.entry("openai-completions", BackendKind.OPENAI_CHAT),
            Map.entry("openai-responses", new BackendKind("openai-responses")),
            Map.entry("anthropic-messages", BackendKind.ANTHROPIC_MESSAGES),
            Map.entry("gemini", BackendKind.GOOGLE_GENAI),
            Map.entry("cohere-v2", BackendKind.COHERE_CHAT),
            Map.entry("ollama-chat", BackendKind.OLLAMA),
            Map.entry("ollama-generate", BackendKind.OLLAMA));

    private final Map<String, Integer> outcomes = new TreeMap<>();
    private final Map<Mutation, Integer> mutations = new TreeMap<>();
    private final Map<String, Integer> apis = new TreeMap<>();

    @Test
    void streams_spoiltAnyhow_giveAResultOrOneError() {
        List<RecordedAnswer> answers = RecordedAnswer.all().stream()
                .filter(answer -> answer.isStream() && KINDS.containsKey(answer.api()))
                .filter(answer -> answer.status() == 200 && answer.body().length > 0 && answer.body().length <= LARGEST)
                .toList();
        if (answers.isEmpty()) {
            System.out.println("spoilt streams: 0, for want of the folder of recorded answers (-Davionics.wire=...)");
            return;
        }

        assertTimeoutPreemptively(LONGEST, () -> {
            SplittableRandom random = new SplittableRandom(20261121);
            for (int i = 0; i < STREAMS; i++) {
                RecordedAnswer answer = answers.get(random.nextInt(answers.size()));
                Mutation mutation = mutation(i, random);
                spoil(answer, mutation, random);
            }
        });

        System.out.println("spoilt streams: " + STREAMS + " of " + answers.size() + " recorded ones " + apis);
        System.out.println("spoilt streams by kind: " + mutations);
        System.out.println("spoilt streams by outcome: " + outcomes);
        assertThat(mutations).containsOnlyKeys(Mutation.values());
        assertThat(mutations.values()).allMatch(count -> count > 0);
        assertThat(outcomes.keySet())
                .containsAll(Stream.of(ErrorCategory.values())
                        .filter(category -> !OURS.contains(category))
                        .map(Enum::name)
                        .toList())
                .contains("completed");
    }

    /** Every other one is of structure, the rest of content. */
    private static Mutation mutation(int number, SplittableRandom random) {
        List<Mutation> kinds = new ArrayList<>();
        for (Mutation mutation : Mutation.values()) {
            if (mutation.isStructural() == (number % 2 == 0)) {
                kinds.add(mutation);
            }
        }
        return kinds.get(random.nextInt(kinds.size()));
    }

    private void spoil(RecordedAnswer answer, Mutation mutation, SplittableRandom random) {
        byte[] body = mutation.of(answer.body(), random);
        int[] cuts = random.ints(random.nextInt(6), 0, body.length + 1).sorted().toArray();
        Decoded decoded;
        try {
            decoded = Decoded.of(decoder(answer), body, cuts);
        } catch (RuntimeException | StackOverflowError broken) {
            throw new AssertionError(
                    answer.path() + ", " + mutation + ": " + new String(body, java.nio.charset.StandardCharsets.UTF_8),
                    broken);
        }
        long ends = decoded.events().stream()
                .filter(InferenceEvent.Completed.class::isInstance)
                .count();
        InferenceException failure = decoded.failure();
        assertThat(ends + (failure == null ? 0 : 1))
                .as("%s, %s: ends", answer.path(), mutation)
                .isEqualTo(1);
        if (ends == 1) {
            assertThat(decoded.events().get(decoded.events().size() - 1)).isInstanceOf(InferenceEvent.Completed.class);
        }
        outcomes.merge(failure == null ? "completed" : failure.category().name(), 1, Integer::sum);
        mutations.merge(mutation, 1, Integer::sum);
        apis.merge(answer.api(), 1, Integer::sum);
    }

    private static EventDecoder decoder(RecordedAnswer answer) {
        BackendKind kind = KINDS.get(answer.api());
        EndpointSpec.Builder endpoint = EndpointSpec.builder("test", URI.create("http://localhost:1"), kind);
        if (answer.api().startsWith("ollama")) {
            endpoint.apiType(answer.api());
        }
        InferenceRequest request =
                InferenceRequest.builder().message(Message.user("q")).build();
        return Dialogue.of(PROTOCOLS.get(kind).inference(Dialogue.scope(endpoint.build(), "m"), request))
                .answer(200, Map.of("content-type", answer.contentType()), answer.body())
                .decoder();
    }

    /** What no answer of a backend can be. */
    private static final Set<ErrorCategory> OURS = EnumSet.of(
            ErrorCategory.UNSUPPORTED, ErrorCategory.BUDGET_EXCEEDED, ErrorCategory.REJECTED, ErrorCategory.CANCELLED);

    private static final Map<BackendKind, WireProtocol> PROTOCOLS = protocols();

    private static Map<BackendKind, WireProtocol> protocols() {
        Map<BackendKind, WireProtocol> protocols = new java.util.HashMap<>();
        ServiceLoader.load(WireProtocol.class).forEach(protocol -> protocols.put(protocol.kind(), protocol));
        return protocols;
    }
}
