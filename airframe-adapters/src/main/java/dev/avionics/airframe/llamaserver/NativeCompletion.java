package dev.avionics.airframe.llamaserver;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.OutputFormat;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Sampling;
import dev.avionics.airframe.ThinkingOptions;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpErrors;
import dev.avionics.airframe.http.HttpHead;
import dev.avionics.airframe.http.Sse;
import dev.avionics.airframe.http.WholeJson;
import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.json.JsonWriter;
import dev.avionics.airframe.openai.chat.ChatWire;
import dev.avionics.airframe.openai.dialect.Dialect;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.WireScope;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One native answer: the server's own template turns the conversation into a prompt, the prompt is completed. */
final class NativeCompletion {
    private static final int MOST_PROMPT_BYTES = 64 << 20;
    private static final String THINK = "<think>";

    private final WireScope scope;
    private final InferenceRequest request;
    private final Dialect dialect;
    private final HttpErrors errors;
    private final List<Adjustment> adjustments = new ArrayList<>();

    NativeCompletion(WireScope scope, InferenceRequest request, Dialect dialect, HttpErrors errors) {
        this.scope = scope;
        this.request = request;
        this.dialect = dialect;
        this.errors = errors;
    }

    Exchange<InferenceResult> exchange() {
        if (!request.tools().isEmpty()) {
            throw unsupported("tools");
        }
        for (Message message : request.messages()) {
            for (Part part : message.parts()) {
                if (part instanceof Part.Image || part instanceof Part.Document) {
                    throw unsupported(part instanceof Part.Image ? "images" : "documents");
                }
            }
        }
        JsonWriter json = new JsonWriter().beginObject();
        json.rawField("messages", new ChatWire(dialect, errors).messages(scope, request, adjustments));
        ThinkingOptions thinking = request.thinking();
        if (thinking != null) {
            json.rawField("chat_template_kwargs", "{\"enable_thinking\":" + thinking.enabled() + "}");
        }
        byte[] body = json.endObject().toBytes();
        if (request.context() != null) {
            adjustments.add(Adjustment.dropped("context", "the server's context window is fixed when it starts"));
        }
        HttpCall call = HttpCall.postJson(LlamaServer.url(scope, "/apply-template"), body, false);
        return new Exchange<>(adjustments, new Step.Send<>(call, this::template));
    }

    private static InferenceException unsupported(String what) {
        return InferenceException.of(
                ErrorCategory.UNSUPPORTED,
                what + " cannot be sent to llama-server's native completions (use api type openai for them)");
    }

    private Step<InferenceResult> template(HttpHead head) {
        if (head.isSuccess()) {
            return new Step.ReadAll<>(MOST_PROMPT_BYTES, body -> complete(prompt(body)));
        }
        boolean missing = head.status() == 404 || head.status() == 405 || head.status() == 501;
        // Servers without templates get the roles as plain words.
        return missing ? complete(tagged()) : ChatWire.failed(scope, head, errors);
    }

    private static String prompt(ByteBuffer body) {
        byte[] bytes = new byte[body.remaining()];
        body.duplicate().get(bytes);
        JsonReader json = JsonReader.of(bytes);
        String prompt = null;
        if (json.enterObject()) {
            while (json.nextField()) {
                if (json.field().equals("prompt")) {
                    prompt = json.stringOrNull();
                }
            }
        }
        json.finish();
        if (prompt == null) {
            throw InferenceException.of(ErrorCategory.PARSE, "/apply-template gave no prompt");
        }
        return prompt;
    }

    private String tagged() {
        StringBuilder prompt = new StringBuilder();
        for (Message message : request.messages()) {
            String role = message.role().wireName();
            prompt.append(role.substring(0, 1).toUpperCase(Locale.ROOT)).append(role.substring(1));
            prompt.append(": ").append(textOf(message)).append('\n');
        }
        return prompt.append("Assistant:").toString();
    }

    static String textOf(Message message) {
        StringBuilder text = new StringBuilder(message.text());
        message.only(Part.ToolResult.class).forEach(result -> text.append(result.text()));
        return text.toString();
    }

    private Step<InferenceResult> complete(String prompt) {
        HttpCall call = HttpCall.postJson(LlamaServer.url(scope, "/completion"), body(prompt), true);
        boolean thinkingOpen = prompt.stripTrailing().endsWith(THINK);
        return new Step.Send<>(call, head -> answer(head, thinkingOpen));
    }

    private Step<InferenceResult> answer(HttpHead head, boolean thinkingOpen) {
        if (!head.isSuccess()) {
            return ChatWire.failed(scope, head, errors);
        }
        CompletionFrames frames = new CompletionFrames(ChatWire.splits(dialect, request), thinkingOpen, errors);
        boolean whole = head.contentType().equals("application/json");
        return new Step.Decode<>(whole ? WholeJson.decoder(frames) : Sse.decoder(frames));
    }

    private byte[] body(String prompt) {
        Sampling options = LlamaServer.withDefaults(request.sampling());
        JsonWriter json = new JsonWriter().beginObject().field("prompt", prompt);
        put(json, "n_predict", options.maxTokens());
        put(json, "temperature", options.temperature());
        put(json, "stop", options.stop());
        put(json, "top_p", options.topP());
        put(json, "top_k", options.topK() == null ? LlamaServer.TOP_K : options.topK());
        put(
                json,
                "repeat_penalty",
                options.repeatPenalty() == null ? LlamaServer.REPEAT_PENALTY : options.repeatPenalty());
        put(json, "min_p", options.minP());
        put(json, "seed", options.seed());
        put(json, "presence_penalty", options.presencePenalty());
        put(json, "frequency_penalty", options.frequencyPenalty());
        put(json, "cache_prompt", Boolean.TRUE);
        if (!request.extra().containsKey("json_schema") && !request.extra().containsKey("grammar")) {
            OutputFormat output = request.output();
            json.rawField(
                    "json_schema",
                    output.kind() == OutputFormat.Kind.JSON_OBJECT ? "{\"type\":\"object\"}" : output.schemaJson());
        }
        json.field("stream", Boolean.TRUE);
        request.extra().forEach((name, value) -> {
            if (!LlamaServer.FIXED.contains(name)) {
                json.name(name).value(value);
            }
        });
        return json.endObject().toBytes();
    }

    private void put(JsonWriter json, String name, @Nullable Object value) {
        if (value != null && !request.extra().containsKey(name)) {
            json.name(name).value(value);
        }
    }
}
