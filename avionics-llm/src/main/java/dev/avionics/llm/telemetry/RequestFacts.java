package dev.avionics.llm.telemetry;

import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.OutputFormat;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Sampling;
import dev.avionics.airframe.ThinkingOptions;
import dev.avionics.llm.telemetry.GenAiSemconv.Attribute;
import dev.avionics.llm.telemetry.GenAiSemconv.Sink;

/** What was asked for, as attributes: options, never content. */
final class RequestFacts {
    private RequestFacts() {}

    static void put(SemconvVersion version, Sink sink, InferenceRequest request) {
        if (request.stream()) {
            Attribute.REQUEST_STREAM.put(version, sink, true);
        }
        if (request.output().kind() != OutputFormat.Kind.TEXT) {
            Attribute.OUTPUT_TYPE.put(version, sink, "json");
        }
        Sampling sampling = request.sampling();
        Attribute.REQUEST_TEMPERATURE.put(version, sink, sampling.temperature());
        Attribute.REQUEST_TOP_P.put(version, sink, sampling.topP());
        Attribute.REQUEST_TOP_K.put(version, sink, sampling.topK());
        Attribute.REQUEST_MAX_TOKENS.put(version, sink, sampling.maxTokens());
        Attribute.REQUEST_SEED.put(version, sink, sampling.seed());
        Attribute.REQUEST_PRESENCE_PENALTY.put(version, sink, sampling.presencePenalty());
        Attribute.REQUEST_FREQUENCY_PENALTY.put(version, sink, sampling.frequencyPenalty());
        if (!sampling.stop().isEmpty()) {
            Attribute.REQUEST_STOP_SEQUENCES.put(version, sink, sampling.stop());
        }
        ThinkingOptions thinking = request.thinking();
        if (thinking != null) {
            Attribute.REQUEST_REASONING_LEVEL.put(version, sink, ErrorTypes.word(thinking.effort()));
        }
        if (!request.extra().isEmpty()
                && request.extra().get("n") instanceof Number choices
                && choices.longValue() != 1) {
            Attribute.REQUEST_CHOICE_COUNT.put(version, sink, choices.longValue());
        }
    }

    /** Whether nothing but text, thinking and tools is in it. */
    static boolean isTextOnly(InferenceRequest request) {
        for (Message message : request.messages()) {
            for (Part part : message.parts()) {
                boolean media = part instanceof Part.Image || part instanceof Part.Document;
                if (media || (part instanceof Part.ToolResult result && !isTextOnly(result))) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean isTextOnly(Part.ToolResult result) {
        return result.content().stream().allMatch(Part.Text.class::isInstance);
    }
}
