package dev.avionics.llm;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.OutputFormat;
import dev.avionics.airframe.Sampling;
import dev.avionics.llm.settings.NearestName;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The options of {@link LLMProvider#generate} by name.
 *
 * <p>{@code temperature} · {@code num_predict} or {@code max_tokens}, the most new tokens, -1 for no limit · {@code stop},
 * a text or a list of texts · {@code top_p} · {@code top_k} · {@code min_p} · {@code repeat_penalty} ·
 * {@code presence_penalty} · {@code frequency_penalty} · {@code seed} · {@code json_mode}, true for an answer that is a
 * JSON object · {@code num_ctx}, the size of the context window for backends that take one. Numbers and booleans may be
 * given as text. Null is the same as leaving an option out; 0 is a value like any other.
 */
public final class GenerationOptions {
    private static final List<String> NAMES = List.of(
            "temperature",
            "num_predict",
            "max_tokens",
            "stop",
            "top_p",
            "top_k",
            "min_p",
            "repeat_penalty",
            "presence_penalty",
            "frequency_penalty",
            "seed",
            "json_mode",
            "num_ctx");

    private GenerationOptions() {}

    /** The names that are understood. */
    public static List<String> names() {
        return NAMES;
    }

    /**
     * A request of one user message.
     *
     * @throws IllegalArgumentException if an option is unknown, with the nearest right name, or its value is wrong
     */
    public static InferenceRequest toRequest(String prompt, Map<String, ?> options) {
        return apply(options, InferenceRequest.builder().message(Message.user(requireNonNull(prompt, "prompt"))))
                .build();
    }

    /**
     * Puts options into a request; they take the place of its sampling.
     *
     * @return the builder
     * @throws IllegalArgumentException if an option is unknown, with the nearest right name, or its value is wrong
     */
    public static InferenceRequest.Builder apply(Map<String, ?> options, InferenceRequest.Builder request) {
        Sampling.Builder sampling = Sampling.builder();
        options.forEach((name, value) -> {
            if (!NAMES.contains(name)) {
                throw new IllegalArgumentException("option " + name + ": no such option" + NearestName.hint(name, NAMES)
                        + " (there are " + String.join(", ", NAMES) + ")");
            }
            if (value != null) {
                put(name, value, sampling, request);
            }
        });
        return request.sampling(sampling.build());
    }

    private static void put(String name, Object value, Sampling.Builder sampling, InferenceRequest.Builder request) {
        switch (name) {
            case "temperature" -> sampling.temperature(decimal(name, value));
            case "num_predict", "max_tokens" -> sampling.maxTokens(limit(name, value));
            case "stop" -> sampling.stop(texts(name, value));
            case "top_p" -> sampling.topP(decimal(name, value));
            case "top_k" -> sampling.topK(integer(name, value));
            case "min_p" -> sampling.minP(decimal(name, value));
            case "repeat_penalty" -> sampling.repeatPenalty(decimal(name, value));
            case "presence_penalty" -> sampling.presencePenalty(decimal(name, value));
            case "frequency_penalty" -> sampling.frequencyPenalty(decimal(name, value));
            case "seed" -> sampling.seed(whole(name, value));
            case "json_mode" -> {
                if (flag(name, value)) {
                    request.output(OutputFormat.JSON_OBJECT);
                }
            }
            case "num_ctx" -> request.context(integer(name, value));
            default -> throw new IllegalStateException(name);
        }
    }

    /** Options on top of others. The two names of one option are the same here. */
    static Map<String, @Nullable Object> merged(Map<String, ?> defaults, Map<String, ?> options) {
        Map<String, @Nullable Object> merged = new LinkedHashMap<>(defaults);
        if (options.containsKey("max_tokens")) {
            merged.remove("num_predict");
        }
        merged.putAll(options);
        return merged;
    }

    private static @Nullable Integer limit(String name, Object value) {
        int limit = integer(name, value);
        if (limit < -1) {
            throw wrong(name, value, ">= 0, or -1 for no limit");
        }
        return limit == -1 ? null : (Integer) limit;
    }

    private static double decimal(String name, Object value) {
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        try {
            return Double.parseDouble(text(name, value, "a number"));
        } catch (NumberFormatException e) {
            throw wrong(name, value, "a number");
        }
    }

    private static int integer(String name, Object value) {
        long whole = whole(name, value);
        if (whole != (int) whole) {
            throw wrong(name, value, "a whole number of at most 2147483647");
        }
        return (int) whole;
    }

    private static long whole(String name, Object value) {
        String expected = "a whole number";
        try {
            String digits = value instanceof Number ? value.toString() : text(name, value, expected);
            return new BigDecimal(digits.strip()).longValueExact();
        } catch (ArithmeticException | NumberFormatException e) {
            throw wrong(name, value, expected);
        }
    }

    private static boolean flag(String name, Object value) {
        if (value instanceof Boolean flag) {
            return flag;
        }
        return switch (text(name, value, "true or false")) {
            case "true" -> true;
            case "false" -> false;
            default -> throw wrong(name, value, "true or false");
        };
    }

    private static List<String> texts(String name, Object value) {
        if (value instanceof Iterable<?> many) {
            List<String> texts = new ArrayList<>();
            many.forEach(one -> texts.add(text(name, one, "a text or a list of texts")));
            return texts;
        }
        return List.of(text(name, value, "a text or a list of texts"));
    }

    private static String text(String name, @Nullable Object value, String expected) {
        if (value instanceof CharSequence text) {
            return text.toString();
        }
        throw wrong(name, value, expected);
    }

    private static IllegalArgumentException wrong(String name, @Nullable Object value, String expected) {
        return new IllegalArgumentException("option " + name + ": " + value + " (expected: " + expected + ")");
    }
}
