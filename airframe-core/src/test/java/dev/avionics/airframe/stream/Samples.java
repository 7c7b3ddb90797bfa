package dev.avionics.airframe.stream;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.RateLimitInfo;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Events and errors for tests of the stream. */
final class Samples {
    static final Usage USAGE = Usage.estimated(7, 5);
    static final InferenceEvent.Started STARTED = new InferenceEvent.Started(
            new Target(
                    EndpointSpec.builder("sample", URI.create("http://localhost:1/"), BackendKind.of("sample"))
                            .build(),
                    "model"),
            1,
            RateLimitInfo.none(),
            List.of());
    static final InferenceEvent.Completed COMPLETED =
            new InferenceEvent.Completed(FinishReason.STOP, "stop", USAGE, "id", "model");

    private Samples() {}

    static InferenceEvent text(String text) {
        return new InferenceEvent.TextDelta(text);
    }

    static InferenceException failure(String message) {
        return InferenceException.builder(ErrorCategory.SERVER_ERROR, message)
                .usage(USAGE)
                .build();
    }

    /** The view that keeps the words only. */
    static @Nullable String words(InferenceEvent event) {
        return event instanceof InferenceEvent.TextDelta t ? t.text() : null;
    }
}
