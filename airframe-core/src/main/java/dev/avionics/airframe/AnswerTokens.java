package dev.avionics.airframe;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.json.JsonWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of an answer, or of a piece of it, for a backend of the same model to go on behind them. A backend with {@link
 * Capabilities.Feature#CONTINUE_TOKENS} tells them, where the request has the extra field {@link #ASK}, in a {@link
 * InferenceEvent.VendorNote} with each piece of text; and takes them in the vendor data of the text of the conversation's last turn,
 * which is the assistant's, in place of that text.
 *
 * @param made how many tokens the answer had when this was told, those before this piece included
 * @param characters how many characters (UTF-16 units) the answer had then
 * @param pieces ids of tokens, each an {@link Integer}; where the backend does not tell them all, the text of some in their place
 */
public record AnswerTokens(int made, int characters, List<Object> pieces) {
    /** The extra field of a request that asks for them: true. */
    public static final String ASK = "return_tokens";

    private static final String VENDOR = "answer_tokens";

    /**
     * @throws IllegalArgumentException if a piece is neither an id nor a text, or a number is negative
     */
    public AnswerTokens {
        pieces = List.copyOf(requireNonNull(pieces, "pieces"));
        for (Object piece : pieces) {
            if (!(piece instanceof Integer || piece instanceof String)) {
                throw new IllegalArgumentException("pieces: " + piece + " (expected: an Integer or a String)");
            }
        }
        if (made < 0 || characters < 0) {
            throw new IllegalArgumentException(
                    "made, characters: " + made + ", " + characters + " (expected: 0 or more)");
        }
    }

    /** These as data of a part or of an event. */
    public VendorData toVendorData() {
        JsonWriter json = new JsonWriter().beginObject().field("made", made).field("characters", characters);
        json.name("pieces").value(pieces);
        return VendorData.of(VENDOR, json.endObject().toString());
    }

    /**
     * The tokens that a part or an event tells; empty if it tells none.
     *
     * @throws dev.avionics.airframe.error.InferenceException of category PARSE if the data was not made by {@link #toVendorData}
     */
    public static Optional<AnswerTokens> of(VendorData data) {
        @Nullable String text = data.of(VENDOR).orElse(null);
        if (text == null) {
            return Optional.empty();
        }
        JsonReader json = JsonReader.of(text);
        int made = 0;
        int characters = 0;
        List<Object> pieces = new ArrayList<>();
        if (json.enterObject()) {
            while (json.nextField()) {
                switch (json.field()) {
                    case "made" -> made = number(json);
                    case "characters" -> characters = number(json);
                    case "pieces" -> pieces(json, pieces);
                    default -> {}
                }
            }
        }
        json.finish();
        return Optional.of(new AnswerTokens(made, characters, pieces));
    }

    private static int number(JsonReader json) {
        Long value = json.longOrNull();
        return value == null ? 0 : Math.toIntExact(value);
    }

    private static void pieces(JsonReader json, List<Object> into) {
        if (json.enterArray()) {
            while (json.nextElement()) {
                if (json.type() == JsonReader.Type.STRING) {
                    into.add(json.stringOrEmpty());
                } else {
                    into.add(number(json));
                }
            }
        }
    }
}
