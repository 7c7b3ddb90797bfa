package dev.avionics.llm.telemetry;

import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.llm.telemetry.GenAiSemconv.Attribute;
import dev.avionics.llm.telemetry.GenAiSemconv.Sink;

/**
 * Usage as attributes. The input is the total with what was read from and written to the cache, whatever the backend calls its
 * input: the buckets of {@link Usage} are disjoint, so one sum is right for all. They are what is billed; what a backend told
 * otherwise is told beside them under our own names.
 */
final class UsageFacts {
    private UsageFacts() {}

    /** Whether a number is told: the backend said it, or guesses are wanted too. */
    static boolean isTold(TokenCount count, boolean estimates) {
        return count.isPresent() && (estimates || !count.isEstimated());
    }

    /** Whether input or output is told. */
    static boolean isTold(Usage usage, boolean estimates) {
        return isTold(usage.inputTotal(), estimates) || isTold(usage.outputTotal(), estimates);
    }

    static void put(SemconvVersion version, Sink sink, Usage usage, boolean estimates) {
        put(version, sink, Attribute.USAGE_INPUT, usage.inputTotal(), estimates);
        put(version, sink, Attribute.USAGE_OUTPUT, usage.outputTotal(), estimates);
        put(version, sink, Attribute.USAGE_CACHE_READ, usage.cacheRead(), estimates);
        put(version, sink, Attribute.USAGE_CACHE_WRITE, usage.cacheWrite(), estimates);
        put(version, sink, Attribute.USAGE_REASONING, usage.reasoning(), estimates);
        put(version, sink, Attribute.USAGE_AUDIO_INPUT, usage.audioInput(), estimates);
        put(version, sink, Attribute.USAGE_AUDIO_OUTPUT, usage.audioOutput(), estimates);
        if (usage.isEstimated()) {
            sink.set(Names.USAGE_ESTIMATED, true);
        }
        if (usage.told() != null) {
            if (usage.inputTold().isPresent()) {
                sink.set(Names.USAGE_TOLD_INPUT, usage.inputTold().value());
            }
            if (usage.outputTold().isPresent()) {
                sink.set(Names.USAGE_TOLD_OUTPUT, usage.outputTold().value());
            }
        }
    }

    private static void put(
            SemconvVersion version, Sink sink, Attribute attribute, TokenCount count, boolean estimates) {
        if (isTold(count, estimates)) {
            attribute.put(version, sink, count.value());
        }
    }
}
