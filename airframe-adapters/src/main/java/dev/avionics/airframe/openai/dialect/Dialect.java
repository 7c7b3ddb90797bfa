package dev.avionics.airframe.openai.dialect;

import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * How one server differs from the others that speak OpenAI chat completions. A dialect is data: a value for each
 * {@link Switch}. Each switch can be set for an endpoint by a metadata entry with the switch's {@link Switch#key() name}.
 * Immutable.
 */
public final class Dialect {
    private static final Switch[] SWITCHES = Switch.values();

    private final String name;
    private final EnumMap<Switch, String> values;

    /** The differences between servers. */
    public enum Switch {
        /** Whose vendor data is replayed to it; empty for the endpoint's host. */
        VENDOR(""),
        /** The field of the limit on new tokens. */
        MAX_TOKENS_FIELD("max_tokens"),
        /** Whether instructions go by the role {@code developer} instead of {@code system}. */
        DEVELOPER_ROLE("false"),
        /** Whether {@code stream_options} may be sent. */
        STREAM_OPTIONS("true"),
        /** Whether tools may be marked {@code strict}. */
        STRICT_TOOLS("false"),
        /** The word for "some tool must be called"; empty if there is none. */
        REQUIRED_TOOL("required"),
        /** Whether {@code parallel_tool_calls} may be sent. */
        PARALLEL_TOOL_CALLS("true"),
        /** How a schema for the answer is sent: {@code json_schema}, {@code json_object} (without it), {@code guided_json}. */
        JSON_SCHEMA("json_schema"),
        /** The field of the seed; empty if there is none. */
        SEED_FIELD("seed"),
        /** The field of top-k; empty if there is none. */
        TOP_K_FIELD("top_k"),
        /** The field of min-p; empty if there is none. */
        MIN_P_FIELD("min_p"),
        /** The field of the repeat penalty; empty if there is none. */
        REPEAT_PENALTY_FIELD("repetition_penalty"),
        /**
         * How the depth of thinking is asked for: {@code reasoning_effort}, {@code reasoning} (an object with the effort),
         * {@code reasoning_enabled}, {@code thinking} (an object with a type), {@code enable_thinking},
         * {@code chat_template_kwargs}, or {@code none}.
         */
        THINKING("reasoning_effort"),
        /** The field in which earlier thinking is sent back; empty if it is not. */
        REASONING_REPLAY(""),
        /** Whether {@code reasoning_details} are sent back. */
        REASONING_DETAILS("false"),
        /** What happens to {@code <think>} at the start of the text: {@code split}, {@code keep}, {@code asked}. */
        THINK_TAGS("asked"),
        /** Whether results of tools need the tool's name. */
        TOOL_RESULT_NAME("false"),
        /** Whether an assistant turn must stand between results of tools and the next user turn. */
        ASSISTANT_AFTER_TOOL_RESULT("false"),
        /** Whether an assistant turn without text needs an empty text instead of null. */
        NON_NULL_ASSISTANT_CONTENT("false"),
        /** Whether text parts may carry {@code cache_control}. */
        CACHE_CONTROL("false");

        private final String usual;
        private final String key = name().toLowerCase(Locale.ROOT);

        Switch(String usual) {
            this.usual = usual;
        }

        /** The name in settings: lower case, such as {@code max_tokens_field}. */
        public String key() {
            return key;
        }

        private boolean isBoolean() {
            return usual.equals("true") || usual.equals("false");
        }
    }

    private Dialect(String name, EnumMap<Switch, String> values) {
        this.name = name;
        this.values = values;
    }

    /** The dialect of servers of which nothing is known. */
    public static Dialect generic() {
        EnumMap<Switch, String> values = new EnumMap<>(Switch.class);
        for (Switch each : SWITCHES) {
            values.put(each, each.usual);
        }
        return new Dialect("generic", values);
    }

    /** This under another name, with other values for some switches. */
    public Dialect with(String newName, Map<Switch, String> others) {
        EnumMap<Switch, String> copy = new EnumMap<>(values);
        copy.putAll(others);
        return new Dialect(newName, copy);
    }

    /**
     * This with the switches that an endpoint's metadata sets.
     *
     * @throws InferenceException of category INVALID_REQUEST if a yes-or-no switch is set to something else
     */
    public Dialect with(EndpointSpec endpoint) {
        Map<String, String> metadata = endpoint.metadata();
        if (metadata.isEmpty()) {
            return this;
        }
        EnumMap<Switch, String> others = new EnumMap<>(Switch.class);
        for (Switch each : SWITCHES) {
            String value = metadata.get(each.key);
            if (value == null) {
                continue;
            }
            if (each.isBoolean() && !value.equals("true") && !value.equals("false")) {
                throw InferenceException.of(
                        ErrorCategory.INVALID_REQUEST,
                        "endpoint " + endpoint.name() + ": " + each.key + ": " + value + " (expected: true or false)");
            }
            others.put(each, value);
        }
        return others.isEmpty() ? this : with(name, others);
    }

    /** The dialect's name. */
    public String name() {
        return name;
    }

    /** The value of a switch. */
    public String text(Switch which) {
        String value = values.get(which);
        return value == null ? which.usual : value;
    }

    /** Whether a yes-or-no switch is on. */
    public boolean is(Switch which) {
        return text(which).equals("true");
    }

    /** The key of vendor data that belongs to an endpoint. */
    public String vendor(EndpointSpec endpoint) {
        String vendor = text(Switch.VENDOR);
        if (!vendor.isEmpty()) {
            return vendor;
        }
        String host = endpoint.baseUrl().getHost();
        return host == null ? "local" : host.toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return "Dialect[" + name + "]";
    }
}
