package dev.avionics.airframe.spi;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonValues;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * What is true of some models and not of others: which parameters they take, which API they want. It is data, in a file
 * {@code model-traits.json} beside the protocol's class:
 *
 * <pre>{@code
 * {"asOf": "2026-11-21", "rules": [
 *   {"models": "^claude-opus-5", "at": ["anthropic"], "traits": {"sampling": "false"}},
 *   {"models": "", "traits": {"sampling": "true"}}
 * ]}
 * }</pre>
 *
 * <p>{@code models} is a regular expression that is looked for in the model's name, whatever its case; {@code at}, where
 * there is one, lists the places where the rule holds. The first rule that fits holds, alone.
 *
 * <p>An endpoint's metadata comes before the file: an entry with a trait's name is that trait's value, {@code model_hint} is
 * the model's real name where the backend calls it something else, and {@code model_traits} is a JSON array of rules that are
 * asked first. Immutable and thread-safe.
 */
public final class ModelTraits {
    /** The metadata key of the name that rules are looked up by, in place of the model's. */
    public static final String MODEL_HINT = "model_hint";

    /** The metadata key of rules that are asked before the file's. */
    public static final String RULES = "model_traits";

    private static final String FILE = "model-traits.json";
    private static final int MOST_KNOWN = 1024;

    private record Rule(Pattern models, List<String> at, Map<String, String> traits) {
        boolean fits(String model, String place) {
            return (at.isEmpty() || at.contains(place)) && models.matcher(model).find();
        }
    }

    private record Asked(String model, String place) {}

    private final List<Rule> rules;
    private final Map<Asked, Map<String, String>> known = new ConcurrentHashMap<>();

    private ModelTraits(List<Rule> rules) {
        this.rules = rules;
    }

    /**
     * The rules of the file beside a class.
     *
     * @throws IllegalStateException if there is no such file, or it cannot be read
     */
    public static ModelTraits beside(Class<?> owner) {
        try (InputStream file = owner.getResourceAsStream(FILE)) {
            if (file == null) {
                throw new IllegalStateException(FILE + ": not found beside " + owner.getName());
            }
            return of(new String(file.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The rules of a text.
     *
     * @throws InferenceException of category PARSE if it is no JSON object, of INVALID_REQUEST if a rule is malformed
     */
    public static ModelTraits of(String json) {
        return new ModelTraits(rules(JsonValues.parseObject(json).get("rules")));
    }

    private static List<Rule> rules(@Nullable Object json) {
        List<Rule> rules = new ArrayList<>();
        for (Object each : json instanceof List<?> list ? list : List.of()) {
            if (!(each instanceof Map<?, ?> rule) || !(rule.get("traits") instanceof Map<?, ?> traits)) {
                throw malformed("a rule is not an object with traits");
            }
            Map<String, String> values = new LinkedHashMap<>();
            traits.forEach((name, value) -> values.put(String.valueOf(name), String.valueOf(value)));
            List<String> at = new ArrayList<>();
            if (rule.get("at") instanceof List<?> places) {
                places.forEach(place -> at.add(String.valueOf(place)));
            }
            Object models = rule.get("models");
            rules.add(new Rule(pattern(models == null ? "" : models.toString()), List.copyOf(at), Map.copyOf(values)));
        }
        return List.copyOf(rules);
    }

    private static Pattern pattern(String regex) {
        try {
            return Pattern.compile(regex, Pattern.CASE_INSENSITIVE);
        } catch (PatternSyntaxException e) {
            throw malformed("models: " + regex + " (expected: a regular expression)");
        }
    }

    private static InferenceException malformed(String what) {
        return InferenceException.builder(ErrorCategory.INVALID_REQUEST, RULES + ": " + what)
                .origin(ErrorOrigin.CALLER)
                .build();
    }

    /** The traits of a model at an endpoint, for protocols that know one place only. */
    public Traits of(EndpointSpec endpoint, String model) {
        return of(endpoint, model, "");
    }

    /**
     * The traits of a model at an endpoint.
     *
     * @param place a word that rules may be tied to, such as the name of a dialect
     * @throws InferenceException of category INVALID_REQUEST or PARSE if the endpoint's own rules are malformed
     */
    public Traits of(EndpointSpec endpoint, String model, String place) {
        Map<String, String> metadata = endpoint.metadata();
        String name = metadata.getOrDefault(MODEL_HINT, model);
        String own = metadata.get(RULES);
        Map<String, String> values = own == null ? null : firstOf(rules(JsonValues.parse(own)), name, place);
        if (values == null) {
            values = known(new Asked(name, place));
        }
        return new Traits(values, metadata);
    }

    private Map<String, String> known(Asked asked) {
        Map<String, String> values = known.get(asked);
        if (values == null) {
            Map<String, String> first = firstOf(rules, asked.model, asked.place);
            values = first == null ? Map.of() : first;
            if (known.size() >= MOST_KNOWN) {
                known.clear();
            }
            known.put(asked, values);
        }
        return values;
    }

    private static @Nullable Map<String, String> firstOf(List<Rule> rules, String model, String place) {
        for (Rule rule : rules) {
            if (rule.fits(model, place)) {
                return rule.traits;
            }
        }
        return null;
    }

    /** The traits of one model at one endpoint. */
    public static final class Traits {
        private final Map<String, String> values;
        private final Map<String, String> metadata;

        private Traits(Map<String, String> values, Map<String, String> metadata) {
            this.values = requireNonNull(values, "values");
            this.metadata = requireNonNull(metadata, "metadata");
        }

        /** The value of a trait, the endpoint's own first; {@code usual} if neither it nor the rules know it. */
        public String text(String name, String usual) {
            String own = metadata.isEmpty() ? null : metadata.get(name);
            return own != null ? own : values.getOrDefault(name, usual);
        }

        /** Whether a trait is {@code true}. */
        public boolean is(String name) {
            return text(name, "").equals("true");
        }

        /** The traits that the rules tell, without the endpoint's. */
        public Map<String, String> ofRules() {
            return values;
        }
    }
}
