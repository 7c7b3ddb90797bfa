package dev.avionics.testkit.model;

import dev.avionics.testkit.backend.SeenRequest;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Vendors that speak like OpenAI, as strict about requests as they are: what one of them has no field for it refuses. */
public enum OpenAiVendor {
    /** OpenAI itself. */
    OPENAI(
            400,
            "Unrecognized request argument supplied: %s",
            "frequency_penalty presence_penalty logit_bias logprobs top_logprobs max_completion_tokens max_tokens"
                    + " reasoning_effort verbosity safety_identifier prompt_cache_key service_tier store metadata"
                    + " prediction modalities audio stream_options n seed user response_format parallel_tool_calls",
            "name refusal audio"),
    /** Azure OpenAI: deployments in the path, a version in the query, the key in a header of its own. */
    AZURE(
            400,
            "Unrecognized request argument supplied: %s",
            "frequency_penalty presence_penalty logit_bias logprobs top_logprobs max_completion_tokens max_tokens"
                    + " reasoning_effort data_sources stream_options n seed user response_format parallel_tool_calls",
            "name refusal"),
    /** Groq. */
    GROQ(
            400,
            "property '%s' is unsupported",
            "max_completion_tokens max_tokens reasoning_effort reasoning_format include_reasoning service_tier n seed user"
                    + " response_format parallel_tool_calls disable_tool_validation",
            "reasoning"),
    /** Mistral: its own names for the seed and a forced tool, and ids of nine letters and digits. */
    MISTRAL(
            422,
            "body.%s: Extra inputs are not permitted",
            "frequency_penalty presence_penalty max_tokens random_seed safe_prompt prompt_mode reasoning_effort prediction n"
                    + " response_format parallel_tool_calls prompt_cache_key service_tier",
            "prefix"),
    /** NVIDIA NIM. */
    NVIDIA_NIM(
            400,
            "Unsupported parameter(s): %s",
            "frequency_penalty presence_penalty max_tokens seed stream_options response_format nvext"
                    + " chat_template_kwargs",
            "reasoning_content");

    private static final Pattern NINE = Pattern.compile("[a-zA-Z0-9]{9}");
    private static final int MOST_STOPS = 4;

    private final Shape fields;
    private final Set<String> messageFields;

    OpenAiVendor(int status, String words, String fields, String messageFields) {
        Set<String> all = new TreeSet<>(Set.of("model", "messages", "stream", "temperature", "top_p", "stop", "tools"));
        all.add("tool_choice");
        all.addAll(List.of(fields.split(" ")));
        this.fields = new Shape(status, words, all);
        Set<String> known = new TreeSet<>(Set.of("role", "content", "tool_calls", "tool_call_id"));
        known.addAll(List.of(messageFields.split(" ")));
        this.messageFields = known;
    }

    /** What the vendor does after the version of its API: {@code chat/completions}, {@code embeddings}, {@code models}. */
    String operation(SeenRequest request) {
        String path = request.path();
        if (this == AZURE) {
            if (request.query().orElse("").matches("(.*&)?api-version=.+")) {
                return path.replaceFirst("^/openai(/deployments/[^/]+)?/", "");
            }
            throw new RefusedRequest(404, "", "Resource not found");
        }
        int version = path.indexOf("/v1/");
        return version < 0 ? path : path.substring(version + "/v1/".length());
    }

    /** Whether the request shows the key where the vendor looks for it. */
    boolean knows(SeenRequest request, String key) {
        String bearer = request.header("Authorization").orElse("");
        return (this == AZURE && bearer.isEmpty())
                ? request.header("api-key").orElse("").equals(key)
                : bearer.equals("Bearer " + key);
    }

    /** Whether arguments of tools are streamed in pieces. */
    boolean streamsArguments() {
        return this == OPENAI || this == AZURE || this == NVIDIA_NIM;
    }

    /** Whether tokens are told without being asked for. */
    boolean alwaysTellsUsage() {
        return this == GROQ || this == MISTRAL;
    }

    /** Refuses what the vendor would refuse in a chat. */
    void checkChat(Map<String, @Nullable Object> body) {
        fields.check(body);
        if (this != AZURE) {
            Shape.require(body, "model");
        }
        if (body.containsKey("stream_options") && !Json.isTrue(body, "stream")) {
            throw new RefusedRequest(
                    400, "stream_options", "'stream_options' is only allowed when 'stream' is enabled.");
        }
        if (this != MISTRAL && Json.list(body.get("stop")).size() > MOST_STOPS) {
            throw new RefusedRequest(400, "stop", "Invalid 'stop': array too long.");
        }
        checkTools(body);
        checkMessages(Json.list(body.get("messages")));
    }

    private void checkTools(Map<String, @Nullable Object> body) {
        for (Object each : Json.list(body.get("tools"))) {
            Map<String, @Nullable Object> function = Json.map(Json.map(each).get("function"));
            new Shape(
                            400,
                            "Unknown parameter: 'tools.function.%s'",
                            Set.of("name", "description", "parameters", "strict"))
                    .check(function);
            Shape.require(function, "name");
        }
        boolean tools = !Json.list(body.get("tools")).isEmpty();
        if (!tools && (body.containsKey("tool_choice") || body.containsKey("parallel_tool_calls"))) {
            throw new RefusedRequest(400, "tool_choice", "'tool_choice' is only allowed when 'tools' are specified.");
        }
        if (body.get("tool_choice") instanceof String word) {
            Set<String> words = new TreeSet<>(Set.of("none", "auto", "required"));
            if (this == MISTRAL) {
                words.add("any");
            }
            if (!words.contains(word)) {
                throw new RefusedRequest(400, "tool_choice", "Invalid value: '" + word + "'.");
            }
        }
    }

    private void checkMessages(List<?> messages) {
        if (messages.isEmpty()) {
            throw new RefusedRequest(400, "messages", "'messages' is too short - 'messages'");
        }
        Set<String> open = new LinkedHashSet<>();
        String role = "";
        for (Object each : messages) {
            Map<String, @Nullable Object> message = Json.map(each);
            role = Json.text(message, "role");
            checkFields(message, role);
            if (role.equals("tool")) {
                if (!open.remove(Json.text(message, "tool_call_id"))) {
                    throw new RefusedRequest(
                            400,
                            "messages",
                            "messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.");
                }
                continue;
            }
            allAnswered(open);
            open.addAll(calls(message));
        }
        allAnswered(open);
        boolean asks = role.equals("user") || role.equals("tool") || role.equals("system");
        boolean continues = Json.isTrue(Json.map(messages.get(messages.size() - 1)), "prefix");
        if (this == MISTRAL && !asks && !continues) {
            throw new RefusedRequest(
                    400, "messages", "Expected last role User or Tool (or Assistant with prefix True)");
        }
    }

    private void checkFields(Map<String, @Nullable Object> message, String role) {
        if (!Set.of("system", "user", "assistant", "tool").contains(role)
                && !(role.equals("developer") && this == OPENAI)) {
            throw new RefusedRequest(400, "messages", "Invalid value: '" + role + "'.");
        }
        Set<String> known = new TreeSet<>(messageFields);
        if (role.equals("tool") && this == MISTRAL) {
            known.add("name");
        }
        new Shape(400, "Unknown parameter: 'messages.%s'", known).check(message);
    }

    private List<String> calls(Map<String, @Nullable Object> message) {
        List<String> ids = new ArrayList<>();
        for (Object each : Json.list(message.get("tool_calls"))) {
            Map<String, @Nullable Object> call = Json.map(each);
            String id = Json.text(call, "id");
            if (this == MISTRAL && !NINE.matcher(id).matches()) {
                throw new RefusedRequest(
                        400, "messages", "Tool call id was " + id + " but must be a-z, A-Z, 0-9, with a length of 9.");
            }
            if (!(Json.map(call.get("function")).get("arguments") instanceof String)) {
                throw new RefusedRequest(400, "messages", "Invalid type for 'tool_calls.function.arguments'.");
            }
            ids.add(id);
        }
        return ids;
    }

    private static void allAnswered(Set<String> open) {
        if (!open.isEmpty()) {
            throw new RefusedRequest(
                    400,
                    "messages",
                    "An assistant message with 'tool_calls' must be followed by tool messages responding to each"
                            + " 'tool_call_id'. The following tool_call_ids did not have response messages: " + open);
        }
    }

    /** Refuses what the vendor would refuse in a request for embeddings. */
    void checkEmbeddings(Map<String, @Nullable Object> body) {
        Set<String> known = new TreeSet<>(Set.of("model", "input", "encoding_format"));
        switch (this) {
            case OPENAI, AZURE -> known.addAll(Set.of("dimensions", "user"));
            case MISTRAL -> known.addAll(Set.of("output_dimension", "output_dtype"));
            case NVIDIA_NIM -> known.addAll(Set.of("input_type", "truncate"));
            case GROQ -> known.add("user");
        }
        new Shape(fields.status(), fields.words(), known).check(body);
        if (this != AZURE) {
            Shape.require(body, "model");
        }
        if (this == NVIDIA_NIM) {
            Shape.require(body, "input_type");
        }
    }
}
