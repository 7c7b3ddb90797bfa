package dev.avionics.airframe.openai.answer;

import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.json.JsonReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads the usage object of the OpenAI family. Cached and written prompt tokens are part of the prompt, reasoning is part of
 * the completion, unless the figures themselves say that they come on top.
 */
public final class UsageReader {
    private @Nullable Long prompt;
    private @Nullable Long completion;
    private @Nullable Long total;
    private @Nullable Long cached;
    private @Nullable Long written;
    private @Nullable Long reasoning;
    private @Nullable Long audioIn;
    private @Nullable Long audioOut;

    private UsageReader() {}

    /** Reads the current value; null if it is no object or holds no figure. */
    public static @Nullable Usage read(JsonReader json) {
        UsageReader reader = new UsageReader();
        reader.figures(json);
        Usage usage = reader.build();
        return usage.isPresent() ? usage : null;
    }

    /** As {@link #read}, of an operation that makes no tokens: where there is only the sum of all, it is the input. */
    public static @Nullable Usage readOfInput(JsonReader json) {
        UsageReader reader = new UsageReader();
        reader.figures(json);
        if (reader.prompt == null) {
            reader.prompt = reader.total;
        }
        Usage usage = reader.build();
        return usage.isPresent() ? usage : null;
    }

    private void figures(JsonReader json) {
        if (!json.enterObject()) {
            return;
        }
        while (json.nextField()) {
            switch (json.field()) {
                case "prompt_tokens", "input_tokens" -> prompt = or(json, prompt);
                case "completion_tokens", "output_tokens" -> completion = or(json, completion);
                case "total_tokens" -> total = or(json, total);
                case "prompt_cache_hit_tokens", "cached_tokens", "num_cached_tokens" -> cached = most(json, cached);
                case "cache_creation_input_tokens" -> written = most(json, written);
                case "reasoning_tokens" -> reasoning = most(json, reasoning);
                case "prompt_tokens_details", "prompt_token_details", "input_tokens_details" -> promptDetails(json);
                case "completion_tokens_details", "output_tokens_details" -> completionDetails(json);
                default -> {}
            }
        }
    }

    private void promptDetails(JsonReader json) {
        if (json.enterObject()) {
            while (json.nextField()) {
                switch (json.field()) {
                    case "cached_tokens" -> cached = most(json, cached);
                    case "cache_write_tokens" -> written = most(json, written);
                    case "audio_tokens" -> audioIn = most(json, audioIn);
                    default -> {}
                }
            }
        }
    }

    private void completionDetails(JsonReader json) {
        if (json.enterObject()) {
            while (json.nextField()) {
                switch (json.field()) {
                    case "reasoning_tokens" -> reasoning = most(json, reasoning);
                    case "audio_tokens" -> audioOut = most(json, audioOut);
                    default -> {}
                }
            }
        }
    }

    private static @Nullable Long or(JsonReader json, @Nullable Long other) {
        Long value = json.longOrNull();
        return value == null || value < 0 ? other : value;
    }

    private static @Nullable Long most(JsonReader json, @Nullable Long other) {
        Long value = or(json, other);
        return value == null || other == null ? value : (Long) Math.max(value, other);
    }

    private Usage build() {
        Usage.Builder usage = Usage.builder();
        Usage.Told told = new Usage.Told(count(prompt), count(completion), count(cached));
        boolean contradiction = reasoningOnTop();
        Long all = prompt;
        if (all != null && zero(cached) + zero(written) > all) {
            contradiction = true;
            if (promptIsAll()) {
                cached = Math.min(zero(cached), all);
                written = Math.min(zero(written), all - cached);
            } else {
                all = all + zero(cached) + zero(written);
            }
        }
        usage.cacheRead(count(cached)).cacheWriteShort(count(written));
        if (all != null && zero(cached) + zero(written) + zero(audioIn) <= all) {
            usage.audioInput(count(audioIn));
        }
        usage.inputTotal(count(all));
        usage.reasoning(count(reasoning));
        if (completion != null && zero(reasoning) + zero(audioOut) <= completion) {
            usage.audioOutput(count(audioOut));
        }
        if (reasoningOnTop()) {
            usage.output(count(completion));
        } else {
            usage.outputTotal(count(completion));
        }
        return usage.told(contradiction ? told : null).build();
    }

    /** Whether the sum of all says that the prompt is no larger than told: some caches count in whole blocks. */
    private boolean promptIsAll() {
        return total != null
                && (total == zero(prompt) + zero(completion)
                        || total == zero(prompt) + zero(completion) + zero(reasoning));
    }

    /** Some backends count reasoning beside the completion: then it exceeds it, or the sum of all says so. */
    private boolean reasoningOnTop() {
        if (reasoning == null || reasoning == 0 || completion == null) {
            return false;
        }
        return reasoning > completion || (total != null && total == zero(prompt) + completion + reasoning);
    }

    private static long zero(@Nullable Long value) {
        return value == null ? 0 : value;
    }

    private static TokenCount count(@Nullable Long value) {
        return value == null ? TokenCount.absent() : TokenCount.known(value);
    }
}
