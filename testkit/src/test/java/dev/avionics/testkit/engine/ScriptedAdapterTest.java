package dev.avionics.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.EndpointSpec.Billing;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.AttemptPlan;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.Delivery;
import dev.avionics.airframe.call.Timeouts;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.testkit.adapter.ScriptedAdapter;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScriptedAdapterTest {
    private static final Target A = Rig.target("a", Billing.FREE);
    private final CallContext context = CallContext.create(Delivery.TRANSPORT);
    private final ScriptedAdapter adapter = new ScriptedAdapter();

    private Reader read(long demand) {
        Reader reader = new Reader(adapter.infer(A, InferenceRequest.of("q"), context));
        reader.stream.subscribe(reader);
        reader.request(demand);
        return reader;
    }

    @Test
    void answers_arePlayedInOrder_theLastAgain() {
        adapter.text("one").text("two");
        assertThat(read(9).text()).isEqualTo("one");
        assertThat(read(9).text()).isEqualTo("two");
        assertThat(read(9).text()).isEqualTo("two");
        assertThat(adapter.seen()).hasSize(3).allMatch(s -> s.target().equals(A));
    }

    @Test
    void answer_isGivenAsAskedFor_andStaysOpenWithoutAnEnd() {
        adapter.events(new InferenceEvent.TextDelta("a"), new InferenceEvent.TextDelta("b"));
        Reader reader = read(2);
        assertThat(reader.text()).isEqualTo("a");
        reader.request(5);
        assertThat(reader.text()).isEqualTo("ab");
        assertThat(reader.outcome).isNull();
        reader.cancel();
        assertThat(adapter.cancelled()).isEqualTo(1);
    }

    @Test
    void failure_comesAfterTheEvents() {
        adapter.fails(InferenceException.of(ErrorCategory.OVERLOADED, "busy"), new InferenceEvent.TextDelta("a"));
        Reader reader = read(9);
        assertThat(reader.text()).isEqualTo("a");
        assertThat(reader.failure().category()).isEqualTo(ErrorCategory.OVERLOADED);
    }

    @Test
    void nothingScripted_isUnsupported() {
        assertThat(read(1).failure().category()).isEqualTo(ErrorCategory.UNSUPPORTED);
        assertThat(adapter.embed(A, EmbeddingRequest.of("x"), context)).isCompletedExceptionally();
    }

    @Test
    void closed_refuses() {
        adapter.text("x").close();
        assertThat(adapter.isClosed()).isTrue();
        assertThat(read(1).failure().category()).isEqualTo(ErrorCategory.REJECTED);
    }

    @Test
    void attempts_runOnIt() {
        Rig rig = new Rig();
        adapter.fails(InferenceException.of(ErrorCategory.OVERLOADED, "busy"))
                .events(new InferenceEvent.TextDelta("hi"), ScriptedAdapter.completed(FinishReason.STOP, 1));
        Reader reader = rig.read(rig.attempts()
                .infer(
                        rig.context,
                        Timeouts.LOCAL,
                        AttemptPlan.single(A),
                        (attempt, call) -> adapter.infer(attempt.target(), rig.request, call)));
        rig.time.advance(Duration.ofSeconds(1));
        assertThat(reader.text()).isEqualTo("hi");
        assertThat(reader.started().attempts()).isEqualTo(2);
        rig.assertQuiet();
    }

    @Test
    void embeddings_comeFromTheFunction() {
        adapter.embeddings(
                (target, request) -> new EmbeddingResult(List.of(new float[] {1}), Usage.absent(), target, null));
        assertThat(adapter.embed(A, EmbeddingRequest.of("x"), context).join().dimensions())
                .isEqualTo(1);
        assertThat(adapter.embedded()).hasSize(1);
        adapter.embeddings((target, request) -> {
            throw InferenceException.of(ErrorCategory.SERVER_ERROR, "no");
        });
        assertThatThrownBy(() ->
                        adapter.embed(A, EmbeddingRequest.of("x"), context).join())
                .hasCauseInstanceOf(InferenceException.class);
    }
}
