package dev.avionics.gateway.cache;

import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Writes an answer down as it passes, and hands it on if it comes to a good end and is not too large. For one answer. */
final class AnswerRecorder implements Consumer<InferenceEvent> {
    private final int mostBytes;
    private final Consumer<byte[]> keeps;
    // Null once the answer is not to be kept.
    private @Nullable AnswerWriter writer = new AnswerWriter();

    /** A recorder that hands an entry of at most that many bytes on, before the end of the answer is delivered. */
    AnswerRecorder(int mostBytes, Consumer<byte[]> keeps) {
        this.mostBytes = mostBytes;
        this.keeps = keeps;
    }

    @Override
    public void accept(InferenceEvent event) {
        AnswerWriter to = writer;
        if (to == null) {
            return;
        }
        if (event instanceof InferenceEvent.Resumed) {
            // Parts of two answers are nobody's answer.
            writer = null;
            return;
        }
        to.write(event);
        if (to.size() > mostBytes) {
            writer = null;
        } else if (event instanceof InferenceEvent.Completed completed) {
            writer = null;
            if (completed.finish() == FinishReason.STOP || completed.finish() == FinishReason.TOOL_CALLS) {
                byte[] entry = to.entry();
                if (entry.length <= mostBytes) {
                    keeps.accept(entry);
                }
            }
        }
    }
}
