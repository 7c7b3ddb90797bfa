package dev.avionics.airframe.openai.chat;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.ThinkingOptions;
import dev.avionics.airframe.http.EndpointUrls;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpErrors;
import dev.avionics.airframe.http.HttpHead;
import dev.avionics.airframe.http.Sse;
import dev.avionics.airframe.http.WholeJson;
import dev.avionics.airframe.json.JsonWriter;
import dev.avionics.airframe.openai.answer.ChatFrames;
import dev.avionics.airframe.openai.dialect.Dialect;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.WireScope;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Chat completions in one dialect: requests out, answers in. What protocols of the OpenAI family are made of. Immutable. */
public final class ChatWire {
    /** The fact that a model wants the Responses API. */
    public static final String USE_RESPONSES = "use responses";

    private static final Duration FIRST_POLL = Duration.ofMillis(500);
    private static final Duration LONGEST_POLL = Duration.ofSeconds(5);

    private final Dialect dialect;
    private final HttpErrors errors;

    /**
     * The wire of a dialect.
     *
     * @param dialect its switches already hold what the endpoint sets
     * @param errors the table of the endpoint's errors
     */
    public ChatWire(Dialect dialect, HttpErrors errors) {
        this.dialect = requireNonNull(dialect, "dialect");
        this.errors = requireNonNull(errors, "errors");
    }

    /**
     * A conversation sent as {@code messages}.
     *
     * @param url the full address
     * @param streamed whether the answer is asked for piece by piece, whatever the request says
     * @throws dev.avionics.airframe.error.InferenceException of category UNSUPPORTED if the request holds what the API has no
     *     form for
     */
    public Exchange<InferenceResult> chat(WireScope scope, URI url, InferenceRequest request, boolean streamed) {
        List<Adjustment> adjustments = new ArrayList<>();
        byte[] body = new RequestWriter(scope, request, dialect, streamed, adjustments).chat();
        return new Exchange<>(adjustments, send(scope, url, request, streamed, body));
    }

    /** A text sent as {@code prompt} to the older text completions; tools and thinking are not sent. */
    public Step.Send<InferenceResult> completion(
            WireScope scope, URI url, InferenceRequest request, String prompt, boolean streamed) {
        byte[] body = new RequestWriter(scope, request, dialect, streamed, new ArrayList<>()).completion(prompt);
        return send(scope, url, request, streamed, body);
    }

    private Step.Send<InferenceResult> send(
            WireScope scope, URI url, InferenceRequest request, boolean streamed, byte[] body) {
        return new Step.Send<>(
                HttpCall.postJson(url, body, streamed), head -> reply(scope, request, streamed, head, FIRST_POLL));
    }

    /** Asks again for an answer that is not ready, at the place that the backend keeps for it. */
    private Step<InferenceResult> poll(
            WireScope scope, InferenceRequest request, boolean streamed, String id, Duration after) {
        String path = dialect.text(Dialect.Switch.POLL) + URLEncoder.encode(id, StandardCharsets.UTF_8);
        URI url = EndpointUrls.resolve(scope.endpoint(), "/v1", path);
        Duration next = after.multipliedBy(2).compareTo(LONGEST_POLL) > 0 ? LONGEST_POLL : after.multipliedBy(2);
        return new Step.Send<>(HttpCall.get(url), after, head -> reply(scope, request, streamed, head, next));
    }

    /** The JSON text of a request's conversation: the array {@code messages}. */
    public String messages(WireScope scope, InferenceRequest request, List<Adjustment> adjustments) {
        JsonWriter json = new JsonWriter();
        new MessageWriter(json, dialect, dialect.vendor(scope.endpoint()), false, adjustments)
                .write(request.messages());
        return new String(json.toBytes(), StandardCharsets.UTF_8);
    }

    private Step<InferenceResult> reply(
            WireScope scope, InferenceRequest request, boolean streamed, HttpHead head, Duration wait) {
        if (!head.isSuccess()) {
            return failed(scope, head, errors);
        }
        String pending = head.header("nvcf-reqid").orElse("");
        if (head.status() == 202
                && !pending.isEmpty()
                && !dialect.text(Dialect.Switch.POLL).isEmpty()) {
            return poll(scope, request, streamed, pending, wait);
        }
        String type = head.contentType();
        boolean events = type.equals("text/event-stream") || (streamed && !type.equals("application/json"));
        ChatFrames frames = new ChatFrames(!events, splits(dialect, request), dialect.vendor(scope.endpoint()), errors);
        return new Step.Decode<>(events ? Sse.decoder(frames) : WholeJson.decoder(frames));
    }

    /** Whether {@code <think>} at the start of the text is told from it, by the dialect's word and the request's. */
    public static boolean splits(Dialect dialect, InferenceRequest request) {
        String word = dialect.text(Dialect.Switch.THINK_TAGS);
        ThinkingOptions thinking = request.thinking();
        return word.equals("split") || (word.equals("asked") && thinking != null && thinking.enabled());
    }

    /** The step that reads an error answer and fails with it, learning what the server does not take. */
    public static <R> Step<R> failed(WireScope scope, HttpHead head, HttpErrors errors) {
        return errors.refused(head, scope.now(), (status, body) -> Refusals.learn(status, body, scope.learned()));
    }
}
