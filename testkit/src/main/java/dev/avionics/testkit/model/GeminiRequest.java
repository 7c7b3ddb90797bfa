package dev.avionics.testkit.model;

import dev.avionics.testkit.model.SimulatedModel.Question;
import dev.avionics.testkit.model.SimulatedModel.Tool;
import dev.avionics.testkit.model.SimulatedModel.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A request of generateContent, checked as Google checks it. */
final class GeminiRequest {
    /** What the face puts on its calls and texts. */
    static final String SIGNATURE = "c2lnbmVkIGJ5IHRoZSBzaW11bGF0ZWQgbW9kZWw=";

    static final Shape COUNT =
            shape("generateContentRequest", "contents", "systemInstruction", "tools", "generationConfig");
    static final Shape BATCH = shape("requests");
    static final Shape EMBED = shape("model", "content", "taskType", "title", "outputDimensionality");

    private static final String NO_SIGNATURE = "skip_thought_signature_validator";
    private static final Shape REQUEST = shape(
            "contents",
            "systemInstruction",
            "tools",
            "toolConfig",
            "generationConfig",
            "safetySettings",
            "cachedContent",
            "serviceTier");
    private static final Shape CONTENT = shape("role", "parts");
    private static final Shape PART = shape(
            "text",
            "thought",
            "thoughtSignature",
            "inlineData",
            "fileData",
            "functionCall",
            "functionResponse",
            "executableCode",
            "codeExecutionResult");
    private static final Shape CALL = shape("id", "name", "args");
    private static final Shape RESULT = shape("id", "name", "response", "parts");
    private static final Shape MEDIA = shape("mimeType", "data", "fileUri");
    private static final Shape TOOL = shape("functionDeclarations", "googleSearch", "codeExecution", "urlContext");
    private static final Shape DECLARATION = shape("name", "description", "parameters", "parametersJsonSchema");
    private static final Shape TOOL_CONFIG = shape("functionCallingConfig");
    private static final Shape CALLING = shape("mode", "allowedFunctionNames");
    private static final Shape GENERATION = shape(
            "temperature",
            "topP",
            "topK",
            "maxOutputTokens",
            "stopSequences",
            "candidateCount",
            "seed",
            "presencePenalty",
            "frequencyPenalty",
            "responseMimeType",
            "responseSchema",
            "responseJsonSchema",
            "responseModalities",
            "thinkingConfig",
            "mediaResolution");
    private static final Shape THINKING = shape("includeThoughts", "thinkingBudget", "thinkingLevel");
    private static final Set<String> MODES = Set.of("AUTO", "ANY", "NONE", "VALIDATED");
    private static final int MOST_STOPS = 5;

    private final boolean signatures;
    private final List<Turn> turns = new ArrayList<>();

    /** The names of the calls that the last turn of the model made. */
    private List<String> open = List.of();

    private GeminiRequest(boolean signatures) {
        this.signatures = signatures;
    }

    private static Shape shape(String... fields) {
        return new Shape(400, "Invalid JSON payload received. Unknown name \"%s\": Cannot find field.", Set.of(fields));
    }

    /**
     * The question that a body asks.
     *
     * @param signatures whether calls have to come back signed
     * @throws RefusedRequest if Google would not take it
     */
    static Question read(Map<String, @Nullable Object> body, boolean signatures) {
        REQUEST.check(body);
        GeminiRequest request = new GeminiRequest(signatures);
        Map<String, @Nullable Object> system = Json.map(body.get("systemInstruction"));
        if (!system.isEmpty()) {
            request.turns.add(new Turn("system", request.texts(Json.list(system.get("parts"))), 0));
        }
        request.contents(Json.list(body.get("contents")));
        Map<String, @Nullable Object> generation = Json.map(body.get("generationConfig"));
        GENERATION.check(generation);
        Map<String, @Nullable Object> thinking = Json.map(generation.get("thinkingConfig"));
        THINKING.check(thinking);
        if (thinking.containsKey("thinkingLevel") && thinking.containsKey("thinkingBudget")) {
            throw refused("You can only set only one of thinking budget and thinking level.");
        }
        List<String> stops = Json.texts(generation.get("stopSequences"));
        if (stops.size() > MOST_STOPS) {
            throw refused("The number of stop sequences is at most " + MOST_STOPS + ".");
        }
        Map<String, @Nullable Object> schema = Json.map(
                generation.get(generation.containsKey("responseSchema") ? "responseSchema" : "responseJsonSchema"));
        if (schema.isEmpty() && Json.text(generation, "responseMimeType").equals("application/json")) {
            schema = Json.object("type", "object");
        }
        if (!schema.isEmpty() && !Json.text(generation, "responseMimeType").equals("application/json")) {
            throw refused("Response schema is only supported with response mime type application/json.");
        }
        return new Question(
                request.turns,
                tools(body),
                schema,
                Json.isTrue(thinking, "includeThoughts"),
                Json.number(generation, "temperature"),
                Json.number(generation, "maxOutputTokens"),
                stops);
    }

    private void contents(List<?> contents) {
        if (contents.isEmpty()) {
            throw refused("* GenerateContentRequest.contents: contents is not specified");
        }
        String before = "";
        for (Object one : contents) {
            Map<String, @Nullable Object> content = Json.map(one);
            CONTENT.check(content);
            String role = Json.text(content, "role");
            if (!role.equals("user") && !role.equals("model")) {
                throw refused("Please use a valid role: user, model.");
            }
            if (role.equals(before)) {
                throw refused("Please ensure that multiturn requests alternate between user and model.");
            }
            before = role;
            List<?> parts = Json.list(content.get("parts"));
            if (parts.isEmpty()) {
                throw refused("* GenerateContentRequest.contents.parts: contents.parts must not be empty.");
            }
            if (role.equals("user")) {
                user(parts);
            } else {
                model(parts);
            }
        }
        if (!before.equals("user")) {
            throw refused("Please ensure that multiturn requests end with a user role or a function response.");
        }
    }

    private void user(List<?> parts) {
        List<String> answered = new ArrayList<>();
        StringBuilder results = new StringBuilder();
        int images = 0;
        for (Object one : parts) {
            Map<String, @Nullable Object> part = part(one);
            Map<String, @Nullable Object> result = Json.map(part.get("functionResponse"));
            if (part.containsKey("functionCall")) {
                throw refused("Function calls are of the role model only.");
            }
            images += part.containsKey("inlineData") || part.containsKey("fileData") ? 1 : 0;
            if (!result.isEmpty()) {
                RESULT.check(result);
                answered.add(Json.text(result, "name"));
                if (!(result.get("response") instanceof Map<?, ?> response)) {
                    throw refused("Invalid value at 'function_response.response': not a Struct");
                }
                Object told = response.get("result");
                results.append(told instanceof String text ? text : Json.write(response));
            }
        }
        if (!answered.equals(open)) {
            throw refused(
                    "Please ensure that the number of function response parts is equal to the number of function call"
                            + " parts of the function call turn.");
        }
        open = List.of();
        turns.add(new Turn(answered.isEmpty() ? "user" : "tool", results + texts(parts), images));
    }

    private void model(List<?> parts) {
        List<String> calls = new ArrayList<>();
        for (Object one : parts) {
            Map<String, @Nullable Object> part = part(one);
            String signature = Json.text(part, "thoughtSignature");
            boolean known = signature.isEmpty() || signature.equals(SIGNATURE) || signature.equals(NO_SIGNATURE);
            if (signatures && !known) {
                throw refused("Thought signature is not valid.");
            }
            if (part.containsKey("functionResponse")) {
                throw refused("Function responses are of the role user only.");
            }
            if (part.get("functionCall") instanceof Map<?, ?> call) {
                CALL.check(Json.map(call));
                if (signatures && calls.isEmpty() && signature.isEmpty()) {
                    throw refused(
                            "Function call is missing a thought_signature in functionCall parts. This is required for"
                                    + " tools to work correctly, and missing thought_signature may lead to degraded model"
                                    + " performance.");
                }
                calls.add(Json.text(Json.map(call), "name"));
            }
        }
        open = calls;
        turns.add(new Turn("assistant", texts(parts), 0));
    }

    private static Map<String, @Nullable Object> part(@Nullable Object one) {
        Map<String, @Nullable Object> part = Json.map(one);
        PART.check(part);
        long kinds = part.keySet().stream()
                .filter(name -> !name.startsWith("thought"))
                .count();
        if (kinds != 1) {
            throw refused("* contents.parts.data: required oneof field 'data' must have one initialized field");
        }
        MEDIA.check(Json.map(part.get(part.containsKey("fileData") ? "fileData" : "inlineData")));
        return part;
    }

    private String texts(List<?> parts) {
        StringBuilder text = new StringBuilder();
        for (Object part : parts) {
            if (!Json.isTrue(Json.map(part), "thought")) {
                text.append(Json.text(Json.map(part), "text"));
            }
        }
        return text.toString();
    }

    private static List<Tool> tools(Map<String, @Nullable Object> body) {
        Map<String, @Nullable Object> config = Json.map(body.get("toolConfig"));
        TOOL_CONFIG.check(config);
        Map<String, @Nullable Object> calling = Json.map(config.get("functionCallingConfig"));
        CALLING.check(calling);
        String mode = calling.isEmpty() ? "AUTO" : Json.text(calling, "mode");
        List<String> allowed = Json.texts(calling.get("allowedFunctionNames"));
        if (!MODES.contains(mode) || (!allowed.isEmpty() && !mode.equals("ANY") && !mode.equals("VALIDATED"))) {
            throw refused("Invalid value at 'tool_config.function_calling_config.mode'");
        }
        List<Tool> tools = new ArrayList<>();
        for (Object one : Json.list(body.get("tools"))) {
            TOOL.check(Json.map(one));
            for (Object inner : Json.list(Json.map(one).get("functionDeclarations"))) {
                Map<String, @Nullable Object> declaration = Json.map(inner);
                DECLARATION.check(declaration);
                Shape.require(declaration, "name");
                Object schema =
                        declaration.get(declaration.containsKey("parameters") ? "parameters" : "parametersJsonSchema");
                String name = Json.text(declaration, "name");
                if (allowed.isEmpty() || allowed.contains(name)) {
                    tools.add(new Tool(name, Json.map(schema)));
                }
            }
        }
        return mode.equals("NONE") ? List.of() : tools;
    }

    private static RefusedRequest refused(String words) {
        return new RefusedRequest(400, "", words);
    }
}
