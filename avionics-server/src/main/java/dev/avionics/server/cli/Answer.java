package dev.avionics.server.cli;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.json.JsonWriter;
import java.time.Duration;

/**
 * A whole answer and how long it took.
 *
 * @param provider the provider's name
 * @param result the answer
 * @param latency from the call to the end of the answer
 * @param timeToFirstToken from the call to the first piece of the answer, or to its end if it has none
 */
record Answer(String provider, InferenceResult result, Duration latency, Duration timeToFirstToken) {
    Answer {
        requireNonNull(provider, "provider");
        requireNonNull(result, "result");
        requireNonNull(latency, "latency");
        requireNonNull(timeToFirstToken, "timeToFirstToken");
    }

    /** The text, or the words of a refusal. */
    String text() {
        StringBuilder text = new StringBuilder();
        for (Part part : result.message().parts()) {
            if (part instanceof Part.Text piece) {
                text.append(piece.text());
            } else if (part instanceof Part.Refusal refusal) {
                text.append(refusal.text());
            }
        }
        return text.toString();
    }

    /** The object that {@code --json} and {@code batch} print, in one line. */
    String toJson() {
        JsonWriter json = new JsonWriter().beginObject();
        json.field("text", text());
        json.field("thinking", result.thinking());
        json.name("toolCalls").beginArray();
        for (Part.ToolCall call : result.toolCalls()) {
            json.beginObject()
                    .field("id", call.id())
                    .field("name", call.name())
                    .rawField("arguments", oneLine(call.argumentsJson()))
                    .endObject();
        }
        json.endArray();
        json.field("finishReason", finish(result.finish()));
        json.name("usage");
        write(json, result.usage());
        String named = result.model();
        json.field("provider", provider);
        json.field("model", named == null ? result.target().model() : named);
        json.field("latencyMs", latency.toMillis());
        json.field("timeToFirstTokenMs", timeToFirstToken.toMillis());
        return json.endObject().toString();
    }

    /** JSON text without line ends, which can only be white space between its tokens. */
    private static String oneLine(String json) {
        return json.replace('\n', ' ').replace('\r', ' ');
    }

    static void write(JsonWriter json, Usage usage) {
        json.beginObject();
        count(json, "inputTokens", usage.inputTold());
        count(json, "outputTokens", usage.outputTold());
        count(json, "cacheReadTokens", usage.cacheReadTold());
        count(json, "cacheWriteTokens", usage.cacheWrite());
        count(json, "reasoningTokens", usage.reasoning());
        json.endObject();
    }

    private static void count(JsonWriter json, String name, TokenCount count) {
        json.name(name).value(count.isPresent() ? (Object) count.value() : null);
    }

    private static String finish(FinishReason reason) {
        return reason == FinishReason.CANCELLED ? FinishReason.OTHER.wireName() : reason.wireName();
    }
}
