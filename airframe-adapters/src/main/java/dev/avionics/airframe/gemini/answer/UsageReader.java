package dev.avionics.airframe.gemini.answer;

import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.json.JsonReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code usageMetadata}. Cached tokens are part of the prompt; thoughts come on top of the candidates, and the results
 * of Google's own tools on top of the prompt.
 */
final class UsageReader {
    private @Nullable Long prompt;
    private @Nullable Long toolUse;
    private @Nullable Long cached;
    private @Nullable Long candidates;
    private @Nullable Long thoughts;
    private @Nullable Long audioIn;
    private @Nullable Long audioCached;
    private @Nullable Long audioOut;

    private UsageReader() {}

    /** Reads the current value; absent if it is no object or holds no figure. */
    static Usage read(JsonReader json) {
        UsageReader reader = new UsageReader();
        reader.figures(json);
        return reader.build();
    }

    private void figures(JsonReader json) {
        if (!json.enterObject()) {
            return;
        }
        while (json.nextField()) {
            switch (json.field()) {
                case "promptTokenCount" -> prompt = count(json);
                case "toolUsePromptTokenCount" -> toolUse = count(json);
                case "cachedContentTokenCount" -> cached = count(json);
                case "candidatesTokenCount" -> candidates = count(json);
                case "thoughtsTokenCount" -> thoughts = count(json);
                case "promptTokensDetails" -> audioIn = audio(json);
                case "cacheTokensDetails" -> audioCached = audio(json);
                case "candidatesTokensDetails" -> audioOut = audio(json);
                default -> {}
            }
        }
    }

    private static @Nullable Long count(JsonReader json) {
        Long value = json.longOrNull();
        return value == null || value < 0 ? null : value;
    }

    /** The tokens of sound in a list of modalities; null if it names none. */
    private static @Nullable Long audio(JsonReader json) {
        Long sum = null;
        if (json.enterArray()) {
            while (json.nextElement()) {
                String modality = "";
                Long tokens = null;
                if (json.enterObject()) {
                    while (json.nextField()) {
                        switch (json.field()) {
                            case "modality" -> modality = json.stringOrEmpty();
                            case "tokenCount" -> tokens = count(json);
                            default -> {}
                        }
                    }
                }
                if (modality.equals("AUDIO") && tokens != null) {
                    sum = zero(sum) + tokens;
                }
            }
        }
        return sum;
    }

    private Usage build() {
        Usage.Builder usage = Usage.builder();
        Long input = prompt == null && toolUse == null ? null : (Long) (zero(prompt) + zero(toolUse));
        long read = zero(cached);
        if (input != null && read > input) {
            usage.told(new Usage.Told(known(input), known(output()), known(cached)));
            read = input;
        }
        usage.cacheRead(cached == null ? TokenCount.absent() : TokenCount.known(read));
        long heard = Math.max(0, zero(audioIn) - zero(audioCached));
        if (audioIn != null && heard + read <= zero(input)) {
            usage.audioInput(TokenCount.known(heard));
        }
        usage.inputTotal(known(input)).reasoning(known(thoughts));
        TokenCount spoken = audioOut != null && audioOut <= zero(candidates) ? known(audioOut) : TokenCount.absent();
        return usage.audioOutput(spoken).output(known(candidates).minus(spoken)).build();
    }

    private @Nullable Long output() {
        return candidates == null && thoughts == null ? null : (Long) (zero(candidates) + zero(thoughts));
    }

    private static long zero(@Nullable Long value) {
        return value == null ? 0 : value;
    }

    private static TokenCount known(@Nullable Long value) {
        return value == null ? TokenCount.absent() : TokenCount.known(value);
    }
}
