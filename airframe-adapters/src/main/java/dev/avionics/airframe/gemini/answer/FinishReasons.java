package dev.avionics.airframe.gemini.answer;

import dev.avionics.airframe.FinishReason;

/** Google's words for the end of an answer; some gateways send the numbers behind them. */
final class FinishReasons {
    private FinishReasons() {}

    static FinishReason of(String word) {
        return switch (word) {
            case "STOP", "1" -> FinishReason.STOP;
            case "MAX_TOKENS", "2" -> FinishReason.LENGTH;
            case "SAFETY",
                    "3",
                    "RECITATION",
                    "4",
                    "BLOCKLIST",
                    "6",
                    "PROHIBITED_CONTENT",
                    "7",
                    "SPII",
                    "8",
                    "LANGUAGE",
                    "MODEL_ARMOR",
                    "IMAGE_SAFETY",
                    "IMAGE_PROHIBITED_CONTENT",
                    "IMAGE_RECITATION" -> FinishReason.CONTENT_FILTER;
            case "MALFORMED_FUNCTION_CALL",
                    "9",
                    "UNEXPECTED_TOOL_CALL",
                    "TOO_MANY_TOOL_CALLS",
                    "MALFORMED_RESPONSE",
                    "OTHER",
                    "5",
                    "NO_IMAGE",
                    "IMAGE_OTHER" -> FinishReason.ERROR;
            default -> FinishReason.OTHER;
        };
    }
}
