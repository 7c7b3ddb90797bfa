package dev.avionics.airframe.llamaserver;

import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.llamaserver.completion.NativeApi;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.WireScope;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Questions to a llama-server besides answers: what it runs with, and how many tokens a text has. Pure, as its protocol. */
public final class LlamaServerProbe {
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
        HttpCall call = HttpCall.get(NativeApi.url(scope, "/props"));
        return Exchange.of(NativeApi.ask(scope, call, LlamaServerProbe::props, Step.Done::new));
    }

    /** How many tokens a text has for the server's model, without the marks around a conversation: POST /tokenize. */
    public Exchange<Long> countTokens(WireScope scope, String text) {
        return Exchange.of(NativeApi.tokens(scope, text, false));
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
