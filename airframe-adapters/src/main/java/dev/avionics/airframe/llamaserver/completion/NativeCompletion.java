package dev.avionics.airframe.llamaserver.completion;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.AnswerTokens;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.OutputFormat;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Role;
import dev.avionics.airframe.Sampling;
import dev.avionics.airframe.ThinkingOptions;
import dev.avionics.airframe.ToolChoice;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpHead;
import dev.avionics.airframe.http.Sse;
import dev.avionics.airframe.http.WholeJson;
import dev.avionics.airframe.json.JsonWriter;
import dev.avionics.airframe.openai.chat.ChatWire;
import dev.avionics.airframe.openai.dialect.Dialect;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.RequestFields;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.WireScope;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One native answer: the server's own template turns the conversation into a prompt, the prompt is completed. */
public final class NativeCompletion {
    /** What extra fields cannot replace. */
    private static final Set<String> FIXED = Set.of("prompt", "messages", "stream", "raw_completion");

    private static final int TOP_K = 40;
    private static final double REPEAT_PENALTY = 1.1;
    private static final String THINK = "<think>";

    private final WireScope scope;
    private final InferenceRequest request;
    private final Dialect dialect;
    private final Set<Adjustment> adjustments;
    private final @Nullable AnswerTokens begun;

    /**
     * An answer to be asked for.
     *
     * @param request its options hold the defaults that both api types have, and nothing that neither knows
     * @param dialect tells whether {@code <think>} is split from the text
     * @param adjustments what was left out so far; more is added
     */
    public NativeCompletion(WireScope scope, InferenceRequest request, Dialect dialect, Set<Adjustment> adjustments) {
        this.scope = scope;
        this.request = request;
        this.dialect = dialect;
        this.adjustments = adjustments;
        begun = begun(request.messages());
    }

    /** The tokens behind which to go on, where the last turn has them. Without a turn before it there is nothing to answer. */
    private static @Nullable AnswerTokens begun(List<Message> turns) {
        Message last = turns.get(turns.size() - 1);
        if (last.role() != Role.ASSISTANT
                || turns.size() < 2
                || last.parts().size() != 1
                || !(last.parts().get(0) instanceof Part.Text text)) {
            return null;
        }
        return AnswerTokens.of(text.vendor())
                .filter(tokens -> !tokens.pieces().isEmpty())
                .orElse(null);
    }

    /** The answer. */
    public Exchange<InferenceResult> answer() {
        return prompted(this::complete);
    }

    /** The tokens of the prompt. */
    public Exchange<Long> count() {
        return prompted(prompt -> NativeApi.tokens(scope, prompt + begunText(), true));
    }

    private String begunText() {
        List<Message> turns = request.messages();
        return begun == null ? "" : turns.get(turns.size() - 1).text();
    }

    private <R> Exchange<R> prompted(Function<String, Step<R>> then) {
        List<Message> turns = request.messages();
        if (!request.tools().isEmpty()) {
            throw TemplateMessages.unsupported("tools");
        }
        ToolChoice choice = request.toolChoice();
        if (choice != null && choice.mode() != ToolChoice.Mode.AUTO && choice.mode() != ToolChoice.Mode.NONE) {
            throw TemplateMessages.unsupported("a tool choice that forces a call");
        }
        JsonWriter json = new JsonWriter().beginObject();
        new TemplateMessages(json, adjustments).write(begun == null ? turns : turns.subList(0, turns.size() - 1));
        ThinkingOptions thinking = request.thinking();
        if (thinking != null) {
            json.rawField("chat_template_kwargs", "{\"enable_thinking\":" + thinking.enabled() + "}");
        }
        byte[] body = json.endObject().toBytes();
        return new Exchange<>(new ArrayList<>(adjustments), NativeApi.template(scope, body, this::tagged, then));
    }

    private String tagged() {
        List<Message> turns = request.messages();
        // What is lost there was told with the template's turns: the exchange has begun.
        return PlainText.tagged(begun == null ? turns : turns.subList(0, turns.size() - 1), new ArrayList<>());
    }

    private Step<InferenceResult> complete(String prompt) {
        HttpCall call = HttpCall.postJson(NativeApi.url(scope, "/completion"), body(prompt), true);
        boolean thinkingOpen = begun == null && prompt.stripTrailing().endsWith(THINK);
        return new Step.Send<>(call, head -> answer(head, thinkingOpen));
    }

    private Step<InferenceResult> answer(HttpHead head, boolean thinkingOpen) {
        if (!head.isSuccess()) {
            return ChatWire.failed(scope, head, NativeApi.errors(scope));
        }
        CompletionFrames frames = new CompletionFrames(
                begun == null && ChatWire.splits(dialect, request), thinkingOpen, NativeApi.errors(scope));
        boolean whole = head.contentType().equals("application/json");
        return new Step.Decode<>(whole ? WholeJson.decoder(frames) : Sse.decoder(frames));
    }

    /** The server takes texts and tokens one after the other, and makes tokens of the texts. */
    private static List<Object> begunPrompt(String prompt, AnswerTokens begun) {
        List<Object> mixed = new ArrayList<>(begun.pieces().size() + 1);
        mixed.add(prompt);
        mixed.addAll(begun.pieces());
        return mixed;
    }

    private byte[] body(String prompt) {
        Sampling options = request.sampling();
        RequestFields fields = RequestFields.of(scope, request.extra(), FIXED);
        fields.put("prompt", begun == null ? prompt : begunPrompt(prompt, begun));
        fields.put("n_predict", options.maxTokens());
        fields.put("temperature", options.temperature());
        fields.put("stop", options.stop());
        fields.put("top_p", options.topP());
        fields.put("top_k", options.topK() == null ? (Integer) TOP_K : options.topK());
        fields.put(
                "repeat_penalty", options.repeatPenalty() == null ? (Double) REPEAT_PENALTY : options.repeatPenalty());
        fields.put("min_p", options.minP());
        fields.put("seed", options.seed());
        fields.put("presence_penalty", options.presencePenalty());
        fields.put("frequency_penalty", options.frequencyPenalty());
        fields.put("cache_prompt", true);
        OutputFormat output = request.output();
        if (output.kind() != OutputFormat.Kind.TEXT && !fields.isOwn("grammar")) {
            String schema = output.schemaJson();
            fields.raw("json_schema", schema == null ? "{\"type\":\"object\"}" : schema);
        }
        fields.put("stream", true);
        return fields.end(new ArrayList<>());
    }
}
