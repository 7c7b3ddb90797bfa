package dev.avionics.llm.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.RateLimitInfo;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.LeavingSource;
import dev.avionics.airframe.stream.Source;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NodeLeavingTest {
    private static final InferenceEvent STARTED = new InferenceEvent.Started(
            new Target(
                    EndpointSpec.builder("n", URI.create("http://n"), BackendKind.LLAMA_SERVER)
                            .build(),
                    "m"),
            1,
            RateLimitInfo.none(),
            List.of());
    private static final InferenceEvent TEXT = new InferenceEvent.TextDelta("Hi");

    private final List<String> told = new ArrayList<>();
    private final List<CancelReason> cancels = new ArrayList<>();
    private Runnable onEvent = () -> {};
    private Source.Sink inner;

    private final AtomicInteger signs = new AtomicInteger();

    private final LeavingSource source = new LeavingSource(
            new Source() {
                @Override
                public void start(Sink sink) {
                    inner = sink;
                }

                @Override
                public void request(long n) {}

                @Override
                public void cancel(CancelReason why) {
                    cancels.add(why);
                }
            },
            signs::incrementAndGet);

    @Test
    void event_ofWhateverKind_isASignOfLife() {
        inner.event(STARTED);
        inner.event(TEXT);
        inner.event(TEXT);

        assertThat(signs).hasValue(3);
    }

    @BeforeEach
    void start() {
        source.start(new Source.Sink() {
            @Override
            public void event(InferenceEvent event) {
                onEvent.run();
                told.add(event.getClass().getSimpleName());
            }

            @Override
            public void flushPoint() {}

            @Override
            public void fail(InferenceException why) {
                told.add("fail " + why.getMessage());
            }
        });
    }

    @Test
    void attempt_thatLeavesBeforeItsContent_failsOnce_andTellsNothingMore() {
        inner.event(STARTED);
        source.leave(NodeRig.BROKEN);
        source.leave(NodeRig.BROKEN);
        inner.event(TEXT);
        inner.fail(NodeRig.REFUSED);
        source.cancel(CancelReason.CALLER);

        assertThat(told).containsExactly("Started", "fail out of memory");
        assertThat(cancels).containsExactly(CancelReason.SUPERSEDED);
    }

    @Test
    void attempt_thatHasCommitted_stays() {
        inner.event(STARTED);
        inner.event(TEXT);
        source.leave(NodeRig.BROKEN);
        inner.event(TEXT);

        assertThat(told).containsExactly("Started", "TextDelta", "TextDelta");
        assertThat(cancels).isEmpty();
    }

    @Test
    void attempt_thatLeavesWhileAnEventIsPassedOn_failsAfterIt() {
        onEvent = () -> source.leave(NodeRig.BROKEN);
        inner.event(STARTED);

        assertThat(told).containsExactly("Started", "fail out of memory");
    }

    @Test
    void attempt_thatFailedOrWasCancelled_doesNotLeave() {
        inner.fail(NodeRig.REFUSED);
        source.leave(NodeRig.BROKEN);

        assertThat(told).containsExactly("fail connection refused");
        assertThat(cancels).isEmpty();
    }
}
