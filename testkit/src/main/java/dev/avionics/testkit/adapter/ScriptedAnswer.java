package dev.avionics.testkit.adapter;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.error.InferenceException;
import java.util.List;
import org.jspecify.annotations.Nullable;

record ScriptedAnswer(List<InferenceEvent> events, @Nullable InferenceException failure) {
    ScriptedAnswer {
        events = List.copyOf(events);
    }
}
