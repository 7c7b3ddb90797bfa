package dev.avionics.airframe.openai.dialect;

import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.Capabilities.Feature;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.ErrorDetails;
import dev.avionics.airframe.http.HttpErrors;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How one server differs from the others that speak OpenAI chat completions. A dialect is data: a value for each
 * {@link Switch}. Each switch can be set for an endpoint by a metadata entry with the switch's {@link Switch#key() name}.
 * Immutable.
 */
public final class Dialect {
    private static final Switch[] SWITCHES = Switch.values();

    private final String name;
    private final EnumMap<Switch, String> values;
    private final Capabilities capabilities;
    private final List<ErrorRule> errors;

    /** Which answers mean another category in this dialect than elsewhere. */
    record ErrorRule(Set<Integer> statuses, @Nullable Pattern words, ErrorCategory category) {
        boolean fits(int status, ErrorDetails details) {
            return (statuses.isEmpty() || statuses.contains(status))
                    && (words == null
                            || words.matcher(details.code()).find()
                            || words.matcher(details.type()).find()
                            || words.matcher(details.message()).find());
        }
    }

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
        /** Which API a model wants: {@code chat}, {@code responses}, or the latter for tools or for tools while it thinks. */
        API("chat"),
        /** Whether tools may be marked {@code strict}. */
        STRICT_TOOLS("false"),
        /** The word for "some tool must be called"; empty if there is none. */
        REQUIRED_TOOL("required"),
        /** Whether {@code parallel_tool_calls} may be sent. */
        PARALLEL_TOOL_CALLS("true"),
        /** The ids of tool calls that are taken, as a regular expression; empty for any. */
        TOOL_CALL_IDS(""),
        /**
         * How a schema for the answer is sent: {@code json_schema}, {@code json_object} (without it), {@code guided_json},
         * {@code nvext} (guided, in an object of that name).
         */
        JSON_SCHEMA("json_schema"),
        /** Whether temperature, top-p and penalties are taken: true, false, or {@code unthinking}: not while thinking. */
        SAMPLING("true"),
        /** Whether stop sequences are taken. */
        STOP("true"),
        /** The most stop sequences; empty for any number. */
        MOST_STOPS(""),
        /** The field of the seed; empty if there is none. */
        SEED_FIELD("seed"),
        /** The field of top-k; empty if there is none. */
        TOP_K_FIELD("top_k"),
        /** The field of min-p; empty if there is none. */
        MIN_P_FIELD("min_p"),
        /** The field of the repeat penalty; empty if there is none. */
        REPEAT_PENALTY_FIELD("repetition_penalty"),
        /** The field of the presence penalty; empty if there is none. */
        PRESENCE_PENALTY_FIELD("presence_penalty"),
        /** The field of the frequency penalty; empty if there is none. */
        FREQUENCY_PENALTY_FIELD("frequency_penalty"),
        /** The field of the end user's name; empty if there is none. */
        USER_FIELD("user"),
        /**
         * How the depth of thinking is asked for: {@code reasoning_effort}, {@code reasoning_format} (the same, and thoughts
         * apart), {@code reasoning} (an object with the effort), {@code reasoning_enabled}, {@code thinking} (an object with a
         * type), {@code enable_thinking}, {@code prompt_mode}, {@code chat_template_kwargs} with the kwarg's name behind a
         * colon, or {@code none}.
         */
        THINKING("reasoning_effort"),
        /** The depths of thinking that are known, {@code default} for the usual one; empty for all. */
        EFFORTS(""),
        /** The field in which earlier thinking is sent back, or {@code parts} for parts of the content; empty if it is not. */
        REASONING_REPLAY(""),
        /** Whether {@code reasoning_details} are sent back. */
        REASONING_DETAILS("false"),
        /** What happens to {@code <think>} at the start of the text: {@code split}, {@code keep}, {@code asked}. */
        THINK_TAGS("asked"),
        /** Whether turns may carry their speaker's name. */
        NAMES("true"),
        /** Whether results of tools need the tool's name. */
        TOOL_RESULT_NAME("false"),
        /** Whether an assistant turn must stand between results of tools and the next user turn. */
        ASSISTANT_AFTER_TOOL_RESULT("false"),
        /** Whether an assistant turn without text needs an empty text instead of null. */
        NON_NULL_ASSISTANT_CONTENT("false"),
        /** The field that marks a last assistant turn as the beginning of the answer; empty if none is needed. */
        ASSISTANT_PREFIX(""),
        /** How documents are sent: {@code file} or {@code document_url}. */
        DOCUMENT_FORM("file"),
        /** Whether text parts may carry {@code cache_control}. */
        CACHE_CONTROL("false"),
        /** The most texts in one request for embeddings. */
        EMBEDDING_BATCH("2048"),
        /** The most tokens in one request for embeddings; empty for any number. */
        EMBEDDING_BATCH_TOKENS(""),
        /** The field of the length of vectors; empty if there is none. */
        EMBEDDING_DIMENSIONS("dimensions"),
        /**
         * The field of what vectors are for, a colon, and its words for a query, for a document and for no purpose at all; empty
         * if there is none.
         */
        EMBEDDING_PURPOSE(""),
        /** What a vector in base64 is made of: {@code float32}, least byte first, or {@code int8}. */
        EMBEDDING_NUMBERS("float32"),
        /** The path, behind the prefix, at which an answer that is not ready (202) is asked for again; empty for none. */
        POLL("");

        private final String usual;
        private final String key = name().toLowerCase(Locale.ROOT);

        Switch(String usual) {
            this.usual = usual;
        }

        /** The name in settings: lower case, such as {@code max_tokens_field}. */
        public String key() {
            return key;
        }

        /** Whether a value is one of true and false where it has to be. */
        boolean takes(String value) {
            boolean yesOrNo = this != SAMPLING && (usual.equals("true") || usual.equals("false"));
            return !yesOrNo || value.equals("true") || value.equals("false");
        }
    }

    private Dialect(String name, EnumMap<Switch, String> values, Capabilities capabilities, List<ErrorRule> errors) {
        this.name = name;
        this.values = values;
        this.capabilities = capabilities;
        this.errors = errors;
    }

    /** The dialect of servers of which nothing is known. */
    public static Dialect generic() {
        EnumMap<Switch, String> values = new EnumMap<>(Switch.class);
        for (Switch each : SWITCHES) {
            values.put(each, each.usual);
        }
        Capabilities usual = Capabilities.unknown()
                .yes(Feature.CHAT, Feature.STREAM, Feature.HEALTH)
                .no(Feature.RERANK);
        return new Dialect("generic", values, usual, List.of());
    }

    /** This under another name, with other values for some switches. */
    public Dialect with(String newName, Map<Switch, String> others) {
        EnumMap<Switch, String> copy = new EnumMap<>(values);
        copy.putAll(others);
        return new Dialect(newName, copy, capabilities, errors);
    }

    /** This with other capabilities and rules on errors. */
    Dialect with(Capabilities others, List<ErrorRule> rules) {
        return new Dialect(name, values, others, List.copyOf(rules));
    }

    /** This with the switches that rules on models set; other names are passed over. */
    Dialect withTraits(Map<String, String> traits) {
        EnumMap<Switch, String> others = new EnumMap<>(Switch.class);
        for (Switch each : SWITCHES) {
            String value = traits.get(each.key);
            if (value != null) {
                others.put(each, value);
            }
        }
        return others.isEmpty() ? this : with(name, others);
    }

    /**
     * The switch of a name in settings.
     *
     * @throws IllegalArgumentException if there is none
     */
    static Switch named(String key) {
        for (Switch each : SWITCHES) {
            if (each.key.equals(key)) {
                return each;
            }
        }
        throw new IllegalArgumentException("switch " + key + ": no such switch");
    }

    /** What servers of this dialect can do. */
    public Capabilities capabilities() {
        return capabilities;
    }

    /** The table of errors of an endpoint with this name. */
    public HttpErrors errors(String provider) {
        HttpErrors common = HttpErrors.of(provider);
        return errors.isEmpty() ? common : common.mapping(this::category);
    }

    private @Nullable ErrorCategory category(int status, ErrorDetails details) {
        for (ErrorRule rule : errors) {
            if (rule.fits(status, details)) {
                return rule.category;
            }
        }
        return null;
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
            if (!each.takes(value)) {
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

    /** The value of a switch that is a number; {@code usual} if it is empty or none. */
    public int number(Switch which, int usual) {
        String value = text(which);
        return value.matches("[0-9]{1,9}") ? Integer.parseInt(value) : usual;
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
