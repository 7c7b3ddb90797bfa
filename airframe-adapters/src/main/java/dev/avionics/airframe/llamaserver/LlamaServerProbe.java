package dev.avionics.airframe.llamaserver;

import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpHead;
import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.json.JsonWriter;
import dev.avionics.airframe.openai.chat.ChatWire;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.WireScope;
import java.nio.ByteBuffer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Questions to a llama-server besides answers: what it runs with, and how many tokens a text has. Pure, as its protocol. */
public final class LlamaServerProbe {
    private static final int MOST_BYTES = 16 << 20;

    /**
     * What a server runs with; null where it does not say.
     *
     * @param contextWindow the tokens that fit in one slot
     * @param slots how many answers it makes at once
     * @param modelPath the model's file
     * @param images whether it takes images
     * @param build the server's build
     */
    public record Props(
            @Nullable Integer contextWindow,
            @Nullable Integer slots,
            @Nullable String modelPath,
            @Nullable Boolean images,
            @Nullable String build) {}

    /** One probe for all endpoints. */
    public LlamaServerProbe() {}

    /** What the server runs with: GET /props. */
    public Exchange<Props> props(WireScope scope) {
        return ask(scope, HttpCall.get(LlamaServer.url(scope, "/props")), LlamaServerProbe::props);
    }

    /** How many tokens a text has for the server's model, without the marks around a conversation: POST /tokenize. */
    public Exchange<Integer> countTokens(WireScope scope, String text) {
        byte[] body = new JsonWriter()
                .beginObject()
                .field("content", text)
                .field("add_special", Boolean.FALSE)
                .endObject()
                .toBytes();
        return ask(
                scope, HttpCall.postJson(LlamaServer.url(scope, "/tokenize"), body, false), LlamaServerProbe::tokens);
    }

    private static <R> Exchange<R> ask(WireScope scope, HttpCall call, Function<JsonReader, R> read) {
        return Exchange.of(new Step.Send<>(call, head -> reply(scope, head, read)));
    }

    private static <R> Step<R> reply(WireScope scope, HttpHead head, Function<JsonReader, R> read) {
        if (!head.isSuccess()) {
            return ChatWire.failed(scope, head, LlamaServer.errors(scope));
        }
        return new Step.ReadAll<>(MOST_BYTES, body -> new Step.Done<>(read.apply(json(body))));
    }

    private static JsonReader json(ByteBuffer body) {
        byte[] bytes = new byte[body.remaining()];
        body.duplicate().get(bytes);
        return JsonReader.of(bytes);
    }

    private static Integer tokens(JsonReader json) {
        int count = 0;
        if (json.enterObject()) {
            while (json.nextField()) {
                if (json.field().equals("tokens") && json.enterArray()) {
                    while (json.nextElement()) {
                        count++;
                    }
                }
            }
        }
        json.finish();
        return count;
    }

    private static Props props(JsonReader json) {
        Integer window = null;
        Integer slots = null;
        String path = null;
        Boolean images = null;
        String build = null;
        if (json.enterObject()) {
            while (json.nextField()) {
                switch (json.field()) {
                    case "default_generation_settings" -> window = inside(json, "n_ctx", LlamaServerProbe::integer);
                    case "total_slots" -> slots = integer(json);
                    case "model_path" -> path = json.stringOrNull();
                    case "modalities" -> images = inside(json, "vision", JsonReader::booleanOrNull);
                    case "build_info" -> build = json.stringOrNull();
                    default -> {}
                }
            }
        }
        json.finish();
        return new Props(window, slots, path, images, build);
    }

    private static <V> @Nullable V inside(JsonReader json, String field, Function<JsonReader, @Nullable V> read) {
        V found = null;
        if (json.enterObject()) {
            while (json.nextField()) {
                if (json.field().equals(field)) {
                    found = read.apply(json);
                }
            }
        }
        return found;
    }

    private static @Nullable Integer integer(JsonReader json) {
        Long value = json.longOrNull();
        return value == null ? null : (Integer) value.intValue();
    }
}
