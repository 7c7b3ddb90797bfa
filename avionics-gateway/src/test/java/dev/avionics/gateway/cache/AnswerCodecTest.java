package dev.avionics.gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.RateLimitInfo;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.spi.CredentialSource;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AnswerCodecTest {
    private static byte[] written(List<InferenceEvent> events) {
        AnswerWriter writer = new AnswerWriter();
        events.forEach(writer::write);
        return writer.entry();
    }

    /** The events without the endpoint, which is compared by what is kept of it. */
    private static List<Object> comparable(List<InferenceEvent> events) {
        List<Object> all = new ArrayList<>();
        for (InferenceEvent event : events) {
            if (event instanceof InferenceEvent.Started started) {
                EndpointSpec endpoint = started.target().endpoint();
                all.add(List.of(
                        endpoint.name(),
                        endpoint.address(),
                        endpoint.kind(),
                        endpoint.billing(),
                        started.target().model(),
                        started.adjustments()));
            } else {
                all.add(event);
            }
        }
        return all;
    }

    @Test
    void answers_ofEveryKindOfEvent_areReadAsTheyWereWritten() {
        SplittableRandom random = new SplittableRandom(20_260_101);
        Set<Class<?>> kinds = new HashSet<>();
        for (int round = 0; round < 2000; round++) {
            List<InferenceEvent> answer = Samples.answer(random);
            answer.forEach(event -> kinds.add(event.getClass()));
            List<InferenceEvent> read = AnswerReader.read(written(answer));
            assertThat(comparable(read)).isEqualTo(comparable(answer));
        }
        Set<Class<?>> all = new HashSet<>(Set.of(InferenceEvent.class.getPermittedSubclasses()));
        // An answer that went on elsewhere is not kept.
        all.remove(InferenceEvent.Resumed.class);
        assertThat(kinds).isEqualTo(all);
    }

    @Test
    void start_losesAttemptsLimitsAndSecrets() {
        EndpointSpec endpoint = EndpointSpec.builder(
                        "gpu", URI.create("https://user:sk-canary@gpu:8443/v1?key=sk-canary"), BackendKind.OPENAI_CHAT)
                .credentials(CredentialSource.key(Secret.of("sk-canary")))
                .header("x-token", "sk-canary")
                .metadata("token", "sk-canary")
                .build();
        RateLimitInfo limits =
                new RateLimitInfo(new RateLimitInfo.Window(1L, 1L, null), null, Map.of("x-limit", "sk-canary"));
        InferenceEvent.Started started = new InferenceEvent.Started(
                new Target(endpoint, "m"), 3, limits, List.of(Adjustment.dropped("top_k", "unknown there")));
        byte[] entry = written(
                List.of(started, new InferenceEvent.Completed(FinishReason.STOP, null, Usage.absent(), null, null)));
        assertThat(new String(entry, StandardCharsets.ISO_8859_1)).doesNotContain("canary");
        InferenceEvent.Started read =
                (InferenceEvent.Started) AnswerReader.read(entry).get(0);
        assertThat(read.attempts()).isEqualTo(1);
        assertThat(read.rateLimits()).isEqualTo(RateLimitInfo.none());
        assertThat(read.adjustments()).isEqualTo(started.adjustments());
        assertThat(read.target().endpoint().address()).isEqualTo("https://gpu:8443/v1");
    }

    @Test
    void entries_withAByteChangedOrCutOff_areRefused() {
        SplittableRandom random = new SplittableRandom(7);
        for (int round = 0; round < 2000; round++) {
            byte[] entry = written(Samples.answer(random));
            byte[] broken;
            if (random.nextBoolean()) {
                broken = entry.clone();
                broken[random.nextInt(broken.length)] ^= (byte) (1 + random.nextInt(255));
            } else {
                broken = Arrays.copyOf(entry, random.nextInt(entry.length));
            }
            assertThat(catchThrowable(() -> AnswerReader.read(broken))).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void answers_thatAreNotWhole_areRefused() {
        InferenceEvent end = new InferenceEvent.Completed(FinishReason.STOP, null, Usage.absent(), null, null);
        for (List<InferenceEvent> events : List.of(
                List.<InferenceEvent>of(),
                List.<InferenceEvent>of(end),
                List.<InferenceEvent>of(Samples.started()),
                List.<InferenceEvent>of(Samples.started(), new InferenceEvent.TextDelta("x")),
                List.<InferenceEvent>of(new InferenceEvent.TextDelta("x"), end))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> AnswerReader.read(written(events)))
                    .withMessage("no whole answer");
        }
    }

    @Test
    void entry_ofAnotherVersion_isRefused() {
        byte[] entry = written(List.of(
                Samples.started(), new InferenceEvent.Completed(FinishReason.STOP, null, Usage.absent(), null, null)));
        entry[0]++;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AnswerReader.read(entry))
                .withMessage("no entry of version 1");
    }

    @Test
    void entry_ofAnAnswerInManyPieces_isHardlyLongerThanItsText() {
        List<InferenceEvent> events = new ArrayList<>(List.of(Samples.started()));
        int characters = 0;
        for (int i = 0; i < 200; i++) {
            InferenceEvent.ToolCallDelta piece = new InferenceEvent.ToolCallDelta(
                    0, "call_0123456789abcdef0123", "a_tool_with_a_name", "piece " + i);
            characters += piece.arguments().length();
            events.add(piece);
        }
        events.add(new InferenceEvent.Completed(FinishReason.TOOL_CALLS, null, Usage.absent(), null, null));
        // Two bytes for a piece, and start and end.
        assertThat(written(events).length).isLessThan(characters + 2 * 200 + 150);
    }
}
