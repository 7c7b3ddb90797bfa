package dev.avionics.airframe.anthropic.request;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Capabilities.Support;
import dev.avionics.airframe.anthropic.content.Unfit;
import dev.avionics.airframe.spi.ModelTraits.Traits;
import dev.avionics.airframe.spi.RefusedFields;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one model takes at one endpoint: its traits, and what was learned from refusals. Immutable. */
public final class ModelRules {
    /** The version of the API that takes no sampling at all, and those after it. */
    static final String NO_SAMPLING_SINCE = "2026-10-21";

    private static final String OLDEST = "2023-06-01";
    private static final String VERSION = "anthropic_version";
    private static final List<String> EFFORTS = List.of("low", "medium", "high", "xhigh", "max");

    /** How a model is asked to think. */
    enum Thinking {
        /** Not at all. */
        NONE,
        /** With a budget of tokens. */
        BUDGET,
        /** With a depth. */
        ADAPTIVE,
        /** Either way. */
        BOTH
    }

    private final Traits traits;
    private final Set<String> learned;
    private final String version;

    /**
     * The rules of a model.
     *
     * @param traits what is known of it
     * @param learned facts from earlier refusals
     */
    public ModelRules(Traits traits, Set<String> learned) {
        this.traits = requireNonNull(traits, "traits");
        this.learned = Set.copyOf(learned);
        version = traits.text(VERSION, traits.is("sampling") ? OLDEST : NO_SAMPLING_SINCE);
    }

    /** The version of the API that it is spoken to in. */
    public String version() {
        return version;
    }

    /** Whether it is one of the vendor's own models, whose abilities are known. */
    public boolean isClaude() {
        return traits.is("claude");
    }

    /** Whether it can be made to call a tool. */
    public Support forcedTool() {
        return switch (traits.text("forced_tool", "unknown")) {
            case "yes" -> Support.YES;
            case "no" -> Support.NO;
            default -> Support.UNKNOWN;
        };
    }

    /** Whether it thinks apart from its answer. */
    public boolean canThink() {
        return thinking() != Thinking.NONE;
    }

    /** Whether its answer can be held to a schema by the API itself; else only by a forced call. */
    public boolean jsonSchema() {
        return traits.is("json_schema")
                && !learned.contains(Refusals.NO_JSON_SCHEMA)
                && !learned.contains(RefusedFields.fact("output_config"));
    }

    boolean sampling() {
        return traits.is("sampling") && version.compareTo(NO_SAMPLING_SINCE) < 0;
    }

    boolean temperatureWithTopP() {
        return traits.is("temperature_with_top_p");
    }

    /** Whether the conversation may end with the model's own turn, which it then goes on with. */
    public boolean prefill() {
        return traits.is("prefill");
    }

    Thinking thinking() {
        if (learned.contains(RefusedFields.fact("thinking"))) {
            return Thinking.NONE;
        }
        Thinking known = switch (traits.text("thinking", "none")) {
            case "budget" -> Thinking.BUDGET;
            case "adaptive" -> Thinking.ADAPTIVE;
            case "both" -> Thinking.BOTH;
            default -> Thinking.NONE;
        };
        if (known == Thinking.NONE) {
            return known;
        }
        if (learned.contains(Refusals.NO_ADAPTIVE)) {
            return Thinking.BUDGET;
        }
        return learned.contains(Refusals.NO_BUDGET) ? Thinking.ADAPTIVE : known;
    }

    /** How it is kept from thinking: {@code disabled}, {@code between_tools}, or {@code least} if it cannot be. */
    String thinkingOff() {
        String known = traits.text("thinking_off", "disabled");
        return known.equals("disabled") && learned.contains(Refusals.NO_DISABLED) ? "least" : known;
    }

    /** The depths that it knows, least first. */
    List<String> efforts() {
        String known = traits.text("efforts", String.join(",", EFFORTS));
        for (String fact : learned) {
            if (fact.startsWith(Refusals.EFFORTS)) {
                known = fact.substring(Refusals.EFFORTS.length());
            }
        }
        List<String> words = List.of(known.toLowerCase(Locale.ROOT).split("[, ]+", -1));
        List<String> sorted = EFFORTS.stream().filter(words::contains).toList();
        return sorted.isEmpty() ? EFFORTS : sorted;
    }

    /**
     * The limit of new tokens for requests that set none, which the API does not go without.
     *
     * @param streamed whether the answer comes piece by piece
     */
    int maxTokens(boolean streamed) {
        String name = streamed ? "max_tokens_stream" : "max_tokens_complete";
        int wanted = number(name, traits.text(name, streamed ? "8192" : "4096"));
        String most = traits.text("max_output", "");
        return most.isEmpty() ? wanted : Math.min(wanted, number("max_output", most));
    }

    private static int number(String name, String value) {
        if (!value.strip().matches("[0-9]{1,9}")) {
            throw Unfit.invalid(name + ": " + value + " (expected: a number of tokens)");
        }
        return Integer.parseInt(value.strip());
    }

    /** The depth that comes next to a wanted one, from below if there is one. */
    @Nullable
    String effortNextTo(String wanted) {
        String found = null;
        int most = EFFORTS.indexOf(wanted);
        for (String one : efforts()) {
            if (found == null || EFFORTS.indexOf(one) <= most) {
                found = one;
            }
        }
        return found;
    }
}
