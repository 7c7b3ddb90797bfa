package dev.avionics.airframe.openai.answer;

import dev.avionics.airframe.FinishReason;
import java.util.Locale;

/** The words that servers of the OpenAI family end their answers with. */
public final class FinishReasons {
    private FinishReasons() {}

    /** The reason that a word means; OTHER if it is unknown. */
    public static FinishReason of(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "stop", "end", "eos", "eos_token", "end_turn", "stop_sequence", "complete" -> FinishReason.STOP;
            case "length", "max_tokens", "model_length", "max_output_tokens" -> FinishReason.LENGTH;
            case "tool_calls", "tool_call", "tool_use", "function_call" -> FinishReason.TOOL_CALLS;
            case "content_filter", "safety", "sensitive", "refusal" -> FinishReason.CONTENT_FILTER;
            case "error", "network_error", "insufficient_system_resource" -> FinishReason.ERROR;
            case "cancelled", "canceled" -> FinishReason.CANCELLED;
            default -> FinishReason.OTHER;
        };
    }
}
