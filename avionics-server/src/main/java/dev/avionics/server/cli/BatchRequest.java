package dev.avionics.server.cli;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.llm.settings.NearestName;
import java.util.List;

/**
 * What a line of a batch asks for.
 *
 * @param wish the backend
 * @param request the question
 */
record BatchRequest(Session.Wish wish, InferenceRequest request) {
    private static final int MOST_RETRIES = 10;

    private static final List<String> FIELDS = List.of(
            "prompt",
            "messages",
            "system",
            "tools",
            "provider",
            "model",
            "baseUrl",
            "stream",
            "temperature",
            "maxTokens",
            "retries");

    BatchRequest {
        requireNonNull(wish, "wish");
        requireNonNull(request, "request");
    }

    /**
     * Reads a line.
     *
     * @param options hold where the line is silent
     * @throws IllegalArgumentException if it makes no request; the message says why
     * @throws dev.avionics.airframe.error.InferenceException if it is no JSON object
     */
    static BatchRequest parse(String line, AnswerOptions options, BackendOptions backend, AvionicsSettings settings) {
        Fields fields = new Fields("", JsonValues.parseObject(line));
        for (String name : fields.names()) {
            if (!FIELDS.contains(name)) {
                throw new IllegalArgumentException(name + ": no such field" + NearestName.hint(name, FIELDS)
                        + " (expected: " + String.join(", ", FIELDS) + ")");
            }
        }
        InferenceRequest.Builder request = InferenceRequest.builder();
        String system = fields.text("system");
        if (system == null) {
            system = options.system;
        }
        if (system != null) {
            request.message(Message.system(system));
        }
        conversation(fields).forEach(request::message);
        List<Fields> tools = fields.objects("tools");
        if (tools != null) {
            tools.forEach(tool -> request.tool(OpenAiShape.tool(tool)));
        }
        Double temperature = fields.number("temperature");
        Integer maxTokens = fields.integer("maxTokens");
        Boolean stream = fields.flag("stream");
        request.temperature(temperature != null ? temperature : options.temperature(settings));
        request.maxTokens(maxTokens != null ? maxTokens : options.maxTokens(settings));
        request.stream(stream != null ? stream : !options.noStream);
        return new BatchRequest(wish(fields, backend), request.build());
    }

    private static List<Message> conversation(Fields fields) {
        String prompt = fields.text("prompt");
        List<Fields> messages = fields.objects("messages");
        if ((prompt == null) == (messages == null)) {
            throw new IllegalArgumentException(
                    prompt == null ? "prompt or messages is missing" : "prompt and messages (expected: one of them)");
        }
        if (prompt != null) {
            return List.of(Message.user(prompt));
        }
        return requireNonNull(messages).stream().map(OpenAiShape::message).toList();
    }

    private static Session.Wish wish(Fields fields, BackendOptions backend) {
        String provider = fields.text("provider");
        String model = fields.text("model");
        String baseUrl = fields.text("baseUrl");
        Integer retries = fields.integer("retries");
        if (retries != null && (retries < 0 || retries > MOST_RETRIES)) {
            throw new IllegalArgumentException("retries: " + retries + " (expected: 0 to " + MOST_RETRIES + ")");
        }
        // A line that names another provider does not mean the address and model of the one in the options.
        boolean same = provider == null || provider.equals(backend.provider);
        return new Session.Wish(
                provider != null ? provider : backend.provider,
                model != null || !same ? model : backend.model,
                baseUrl != null || !same ? baseUrl : backend.baseUrl,
                retries);
    }
}
