package dev.avionics.cost;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.spi.TokenEstimator;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Counts tokens of texts for OpenAI's models, with the vocabularies of JTokkit. That jar ({@code com.knuddels:jtokkit}) is
 * optional: without it there are no estimators here. Which model has which vocabulary stands in {@code encodings.json} beside
 * this class; for models whose vocabulary nobody has published it is that of their forerunners.
 *
 * <p>The count is of the bare text; what a vendor adds for roles and tools is not in it. The first use of a vocabulary takes
 * about 0.2 s, and it then keeps 14 to 28 MB of heap. Thread-safe.
 */
public final class OpenAiTokens {
    private static final String TABLE = "encodings.json";
    private static final String PRESENT = "com.knuddels.jtokkit.api.Encoding";

    private record Rule(Pattern models, String encoding) {}

    /** Read when it is first asked for. */
    private static final class Table {
        static final List<Rule> RULES = read();

        private static List<Rule> read() {
            try (InputStream file = OpenAiTokens.class.getResourceAsStream(TABLE)) {
                if (file == null) {
                    throw new IllegalStateException(TABLE + ": not found beside " + OpenAiTokens.class.getName());
                }
                Map<?, ?> root = JsonValues.parseObject(new String(file.readAllBytes(), StandardCharsets.UTF_8));
                List<Rule> rules = new ArrayList<>();
                for (Object each : (List<?>) requireNonNull(root.get("rules"), "rules")) {
                    Map<?, ?> rule = (Map<?, ?>) each;
                    rules.add(new Rule(
                            Pattern.compile(text(rule, "models"), Pattern.CASE_INSENSITIVE), text(rule, "encoding")));
                }
                return List.copyOf(rules);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static String text(Map<?, ?> rule, String name) {
            return requireNonNull(rule.get(name), name).toString();
        }
    }

    private static final Map<String, TokenEstimator> KNOWN = new ConcurrentHashMap<>();

    private OpenAiTokens() {}

    /** Whether JTokkit is there. */
    public static boolean isAvailable() {
        try {
            Class.forName(PRESENT, false, OpenAiTokens.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException absent) {
            return false;
        }
    }

    /**
     * The estimator for a model, with or without {@code openai/} before its name.
     *
     * @return empty if the table does not know the model, or JTokkit is not there
     */
    public static Optional<TokenEstimator> forModel(String model) {
        return encoding(model)
                .filter(name -> isAvailable())
                .map(name -> KNOWN.computeIfAbsent(name, JtokkitEstimator::new));
    }

    /** {@link #forModel} for a calculator; which provider it is does not matter, for the model's name tells. */
    public static CostCalculator.EstimatorChoice choice() {
        return (provider, model) -> forModel(model);
    }

    /** The name of the vocabulary of a model, such as {@code o200k_base}; empty if the table does not know the model. */
    static Optional<String> encoding(String model) {
        String name = model.strip();
        String bare = name.substring(name.lastIndexOf('/') + 1);
        for (Rule rule : Table.RULES) {
            if (rule.models().matcher(bare).find()) {
                return Optional.of(rule.encoding());
            }
        }
        return Optional.empty();
    }
}
