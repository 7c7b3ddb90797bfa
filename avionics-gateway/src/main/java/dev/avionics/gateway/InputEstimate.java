package dev.avionics.gateway;

import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.spi.TokenEstimator;

/** Guesses the prompt tokens of requests before they are sent, rather too many than too few. */
public final class InputEstimate {
    /** What backends put around a turn. */
    private static final long PER_MESSAGE = 4;
    /** Pictures and documents cost from some hundred to some thousand tokens; nobody knows before they are read. */
    private static final long PER_MEDIUM = 1200;

    private InputEstimate() {}

    /** The tokens of a conversation with its tools. */
    public static long of(InferenceRequest request, TokenEstimator estimator) {
        long tokens = 0;
        for (Message message : request.messages()) {
            tokens += PER_MESSAGE;
            for (Part part : message.parts()) {
                tokens += of(part, estimator);
            }
        }
        for (ToolSpec tool : request.tools()) {
            tokens += PER_MESSAGE + estimator.estimate(tool.name()) + estimator.estimate(String.valueOf(tool));
        }
        return tokens;
    }

    private static long of(Part part, TokenEstimator estimator) {
        if (part instanceof Part.Text text) {
            return estimator.estimate(text.text());
        }
        if (part instanceof Part.Thinking thinking) {
            return estimator.estimate(thinking.text());
        }
        if (part instanceof Part.ToolCall call) {
            return estimator.estimate(call.name()) + estimator.estimate(call.argumentsJson());
        }
        if (part instanceof Part.ToolResult result) {
            return estimator.estimate(result.text());
        }
        return part instanceof Part.Image || part instanceof Part.Document
                ? PER_MEDIUM
                : estimator.estimate(String.valueOf(part));
    }

    /** The tokens of texts that are to become vectors. */
    public static long of(EmbeddingRequest request, TokenEstimator estimator) {
        long tokens = 0;
        for (String text : request.inputs()) {
            tokens += 1 + estimator.estimate(text);
        }
        return tokens;
    }
}
