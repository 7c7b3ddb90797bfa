package dev.avionics.testkit.model;

import static dev.avionics.testkit.model.Json.object;
import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.error.InferenceException;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.SeenRequest;
import dev.avionics.testkit.model.SimulatedModel.Answer;
import dev.avionics.testkit.model.SimulatedModel.Question;
import dev.avionics.testkit.model.SimulatedModel.ToolUse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A simulated model as the Gemini API: generateContent whole, as server-sent events and as a streamed array, countTokens,
 * batchEmbedContents, embedContent and the list of models, which has two pages.
 *
 * <p>As strict as Google: unknown fields, turns that do not alternate, and results that do not fit their calls are refused. The
 * key is taken from {@code x-goog-api-key} alone; one in the address is refused whatever it is. Calls and text bear signatures;
 * a face that {@link #wantsSignatures} refuses the first call of a turn that comes back without its own, or with a foreign one.
 */
public final class GeminiFace implements Function<SeenRequest, Reply> {
    private static final Pattern OPERATION = Pattern.compile("/v1beta/models/([^/:]+):(\\w+)");
    private static final int MOST_TEXTS = 100;

    private final SimulatedModel model;
    private final String key;
    private final boolean signatures;

    private GeminiFace(SimulatedModel model, String key, boolean signatures) {
        this.model = requireNonNull(model, "model");
        this.key = requireNonNull(key, "key");
        this.signatures = signatures;
    }

    /**
     * A face that wants a key.
     *
     * @param key the only right one, not empty
     */
    public static GeminiFace of(SimulatedModel model, String key) {
        return new GeminiFace(model, key, false);
    }

    /** This face, refusing calls that come back unsigned, as models from Gemini 3 on do. */
    public GeminiFace wantsSignatures() {
        return new GeminiFace(model, key, true);
    }

    @Override
    public Reply apply(SeenRequest request) {
        try {
            checkKey(request);
            return answer(request);
        } catch (RefusedRequest refused) {
            return error(refused.status(), refused.words(), List.of());
        } catch (InferenceException notJson) {
            return error(400, "Invalid JSON payload received. " + notJson.getMessage(), List.of());
        } catch (WrongKey wrong) {
            return error(
                    400,
                    "API key not valid. Please pass a valid API key.",
                    List.of(
                            object(
                                    "@type",
                                    "type.googleapis.com/google.rpc.ErrorInfo",
                                    "reason",
                                    "API_KEY_INVALID",
                                    "domain",
                                    "googleapis.com"),
                            object(
                                    "@type",
                                    "type.googleapis.com/google.rpc.DebugInfo",
                                    "detail",
                                    "Invalid API key: " + wrong.key)));
        }
    }

    private static final class WrongKey extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final String key;

        WrongKey(String key) {
            this.key = key;
        }
    }

    private void checkKey(SeenRequest request) {
        String query = request.query().orElse("");
        if (Pattern.compile("(^|&)(key|access_token)=").matcher(query).find()) {
            throw new RefusedRequest(403, "key", "This face takes no key in an address.");
        }
        String given = request.header("x-goog-api-key").orElse("");
        if (given.isEmpty()) {
            throw new RefusedRequest(
                    403,
                    "key",
                    "Method doesn't allow unregistered callers (callers without established identity). Please use API Key"
                            + " or other form of API consumer identity to call this API.");
        }
        if (!given.equals(key)) {
            throw new WrongKey(given);
        }
    }

    private Reply answer(SeenRequest request) {
        if (request.method().equals("GET") && request.path().equals("/v1beta/models")) {
            return models(request.query().orElse(""));
        }
        Matcher operation = OPERATION.matcher(request.path());
        if (!request.method().equals("POST") || !operation.matches()) {
            throw new RefusedRequest(404, "", "Not found: " + request.path());
        }
        String name = operation.group(1);
        String what = operation.group(2);
        if (!name.equals(model.name())) {
            throw new RefusedRequest(
                    404,
                    "model",
                    "models/" + name + " is not found for API version v1beta, or is not supported for " + what
                            + ". Call ListModels to see the list of available models and their supported methods.");
        }
        Map<String, @Nullable Object> body = Json.body(request);
        return switch (what) {
            case "generateContent" -> {
                Answer answer = asked(body);
                yield Act.whole(answer, whole(answer));
            }
            case "streamGenerateContent" ->
                streamed(asked(body), request.query().orElse("").equals("alt=sse"));
            case "countTokens" -> count(body);
            case "batchEmbedContents" -> batch(body);
            case "embedContent" -> json(object("embedding", vector(body)));
            default -> throw new RefusedRequest(404, "", "Not found: " + request.path());
        };
    }

    private Answer asked(Map<String, @Nullable Object> body) {
        Question question = GeminiRequest.read(body, signatures);
        if (model.isTooLong(question)) {
            throw new RefusedRequest(
                    400,
                    "contents",
                    "The input token count (" + question.tokens() + ") exceeds the maximum number of tokens allowed ("
                            + model.context() + ").");
        }
        return model.answer(question);
    }

    private Reply whole(Answer answer) {
        List<Map<String, @Nullable Object>> parts = new ArrayList<>();
        if (!answer.thinking().isEmpty()) {
            parts.add(object("text", String.join("", answer.thinking()), "thought", true));
        }
        if (!answer.text().isEmpty()) {
            parts.add(object("text", answer.text(), "thoughtSignature", GeminiRequest.SIGNATURE));
        }
        parts.addAll(calls(answer));
        return json(response(answer, parts, finish(answer)));
    }

    private Reply streamed(Answer answer, boolean events) {
        List<Map<String, @Nullable Object>> pieces = new ArrayList<>();
        answer.thinking().forEach(piece -> pieces.add(object("text", piece, "thought", true)));
        answer.pieces().forEach(piece -> pieces.add(object("text", piece)));
        pieces.addAll(calls(answer));
        Reply reply = Reply.stream(events ? "text/event-stream" : "application/json; charset=UTF-8");
        String before = events ? "data: " : "[";
        for (Map<String, @Nullable Object> piece : pieces) {
            reply = reply.part(before + Json.write(response(answer, List.of(piece), null)) + (events ? "\r\n\r\n" : ""))
                    .pause(answer.pause());
            before = events ? before : "\r\n,\r\n";
        }
        if (Act.isBroken(answer)) {
            String why = Json.write(object("error", why(500, "An internal error has occurred.", List.of())));
            return Act.brokenOff(reply, answer, before + why + (events ? "\r\n\r\n" : "]"));
        }
        boolean signed = answer.calls().isEmpty() && answer.finish().equals("stop");
        List<Map<String, @Nullable Object>> last =
                signed ? List.of(object("text", "", "thoughtSignature", GeminiRequest.SIGNATURE)) : List.of();
        return reply.part(before + Json.write(response(answer, last, finish(answer))) + (events ? "\r\n\r\n" : "]"));
    }

    private static String finish(Answer answer) {
        return switch (answer.finish()) {
            case "length" -> "MAX_TOKENS";
            case "content_filter" -> "SAFETY";
            default -> "STOP";
        };
    }

    /** The calls without ids, as they mostly come; the first bears the signature. */
    private static List<Map<String, @Nullable Object>> calls(Answer answer) {
        List<Map<String, @Nullable Object>> parts = new ArrayList<>();
        for (ToolUse use : answer.calls()) {
            parts.add(object(
                    "functionCall",
                    object("name", use.tool(), "args", use.arguments().isEmpty() ? null : use.arguments()),
                    "thoughtSignature",
                    parts.isEmpty() ? GeminiRequest.SIGNATURE : null));
        }
        return parts;
    }

    private Map<String, @Nullable Object> response(
            Answer answer, List<Map<String, @Nullable Object>> parts, @Nullable String finish) {
        Map<String, @Nullable Object> content = parts.isEmpty() ? null : object("parts", parts, "role", "model");
        int thoughts = answer.thinking().size();
        int output = answer.output() - thoughts;
        return object(
                "candidates",
                List.of(object("content", content, "finishReason", finish, "index", 0)),
                "usageMetadata",
                object(
                        "promptTokenCount",
                        answer.input(),
                        "candidatesTokenCount",
                        output == 0 ? null : output,
                        "thoughtsTokenCount",
                        thoughts == 0 ? null : thoughts,
                        "totalTokenCount",
                        answer.input() + answer.output()),
                "modelVersion",
                model.name(),
                "responseId",
                "response-1");
    }

    private Reply count(Map<String, @Nullable Object> body) {
        GeminiRequest.COUNT.check(body);
        Map<String, @Nullable Object> whole = Json.map(body.get("generateContentRequest"));
        if (whole.isEmpty()) {
            return json(
                    object("totalTokens", GeminiRequest.read(body, signatures).tokens()));
        }
        if (!Json.text(whole, "model").equals("models/" + model.name())) {
            throw new RefusedRequest(400, "model", "Model in the request does not match the model in the URL.");
        }
        whole.remove("model");
        return json(object("totalTokens", GeminiRequest.read(whole, signatures).tokens()));
    }

    private Reply batch(Map<String, @Nullable Object> body) {
        GeminiRequest.BATCH.check(body);
        List<?> requests = Json.list(body.get("requests"));
        if (requests.isEmpty() || requests.size() > MOST_TEXTS) {
            throw new RefusedRequest(
                    400,
                    "requests",
                    "BatchEmbedContentsRequest.requests: at most " + MOST_TEXTS + " requests can be in one batch");
        }
        List<Map<String, @Nullable Object>> vectors = new ArrayList<>();
        for (Object one : requests) {
            Map<String, @Nullable Object> request = Json.map(one);
            if (!Json.text(request, "model").equals("models/" + model.name())) {
                throw new RefusedRequest(400, "model", "BatchEmbedContentsRequest.requests[].model: not the URL's");
            }
            vectors.add(vector(request));
        }
        return json(object("embeddings", vectors));
    }

    private Map<String, @Nullable Object> vector(Map<String, @Nullable Object> request) {
        GeminiRequest.EMBED.check(request);
        Shape.require(request, "content");
        StringBuilder text = new StringBuilder();
        for (Object part : Json.list(Json.map(request.get("content")).get("parts"))) {
            text.append(Json.text(Json.map(part), "text"));
        }
        return object("values", model.vector(text.toString()));
    }

    private Reply models(String query) {
        if (!query.matches("pageSize=[1-9][0-9]{0,3}(&pageToken=second)?")) {
            throw new RefusedRequest(400, "pageToken", "Invalid page: " + query);
        }
        if (!query.endsWith("second")) {
            return json(object(
                    "models",
                    List.of(object(
                            "name",
                            "models/simulated-embedding",
                            "inputTokenLimit",
                            2048,
                            "supportedGenerationMethods",
                            List.of("embedContent"))),
                    "nextPageToken",
                    "second"));
        }
        return json(object(
                "models",
                List.of(object(
                        "name",
                        "models/" + model.name(),
                        "displayName",
                        "Simulated",
                        "inputTokenLimit",
                        model.context(),
                        "outputTokenLimit",
                        8192,
                        "supportedGenerationMethods",
                        List.of("generateContent", "countTokens"),
                        "thinking",
                        true))));
    }

    private static Reply json(Map<String, @Nullable Object> body) {
        return Reply.json(Json.write(body)).header("x-goog-request-id", "request-1");
    }

    private static Reply error(int status, String message, List<?> details) {
        return Reply.json(status, Json.write(object("error", why(status, message, details))));
    }

    private static Map<String, @Nullable Object> why(int status, String message, List<?> details) {
        String word = switch (status) {
            case 400 -> "INVALID_ARGUMENT";
            case 401 -> "UNAUTHENTICATED";
            case 403 -> "PERMISSION_DENIED";
            case 404 -> "NOT_FOUND";
            case 429 -> "RESOURCE_EXHAUSTED";
            case 503 -> "UNAVAILABLE";
            case 504 -> "DEADLINE_EXCEEDED";
            default -> status < 500 ? "INVALID_ARGUMENT" : "INTERNAL";
        };
        return object(
                "code", status, "message", message, "status", word, "details", details.isEmpty() ? null : details);
    }
}
