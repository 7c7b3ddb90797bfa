package dev.avionics.gateway;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Target;
import java.time.Clock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes the chunks of one stream. Not thread-safe. */
final class ChunkMaker implements Function<InferenceEvent, @Nullable StreamingChunk> {
    private final GatewayCall call;
    private final Clock clock;
    private final Consumer<StreamingChunk> told;
    private String provider = "";
    private String model = "";
    private long tokens;

    ChunkMaker(GatewayCall call, Clock clock, Consumer<StreamingChunk> told) {
        this.call = call;
        this.clock = clock;
        this.told = told;
    }

    @Override
    public @Nullable StreamingChunk apply(InferenceEvent event) {
        if (event instanceof InferenceEvent.Started started) {
            givenBy(started.target());
        } else if (event instanceof InferenceEvent.Resumed resumed) {
            givenBy(resumed.target());
        } else if (event instanceof InferenceEvent.TextDelta text) {
            tokens++;
            return chunk(text.text(), false);
        } else if (event instanceof InferenceEvent.Completed completed) {
            tokens = Math.max(tokens, completed.usage().total().value());
            return chunk("", true);
        }
        return null;
    }

    private void givenBy(Target target) {
        // A cached answer has no attempt, but remembers who gave it.
        provider = call.ledger().providerAt(target).orElse(target.endpoint().name());
        model = target.model();
    }

    private StreamingChunk chunk(String text, boolean last) {
        StreamingChunk chunk =
                new StreamingChunk(text, last, call.id(), call.agent(), provider, model, tokens, clock.instant());
        told.accept(chunk);
        return chunk;
    }
}
