package dev.avionics.airframe.openai.responses;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpErrors;
import dev.avionics.airframe.http.HttpHead;
import dev.avionics.airframe.http.Sse;
import dev.avionics.airframe.http.WholeJson;
import dev.avionics.airframe.openai.dialect.Dialect;
import dev.avionics.airframe.openai.responses.answer.ResponseFrames;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.ModelTraits;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.WireScope;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/**
 * The Responses API in one dialect: requests out, answers in. What protocols of the OpenAI family are made of.
 *
 * <p>Nothing is kept at the backend ({@code store} is false) unless the request's extra fields say otherwise; so encrypted
 * reasoning is asked for where the model has it, and sent back as it came. Immutable.
 */
public final class ResponsesWire {
    private static final ModelTraits TRAITS = ModelTraits.beside(ResponsesWire.class);

    private final Dialect dialect;
    private final HttpErrors errors;

    /**
     * The wire of a dialect.
     *
     * @param dialect tells whose vendor data an endpoint gets back
     * @param errors the table of the endpoint's errors
     */
    public ResponsesWire(Dialect dialect, HttpErrors errors) {
        this.dialect = requireNonNull(dialect, "dialect");
        this.errors = requireNonNull(errors, "errors");
    }

    /**
     * What is known of a model: {@code reasoning} (whether it thinks), {@code sampling} (whether it takes temperature and
     * top-p: true, false, or unthinking for when it does not think), {@code efforts} (the depths it knows),
     * {@code encrypted} (whether encrypted reasoning is asked for: true, false, or thinking for when thinking is) and
     * {@code summary} (whether it tells a summary of its reasoning).
     */
    public static ModelTraits.Traits traits(EndpointSpec endpoint, String model) {
        return TRAITS.of(endpoint, model);
    }

    /**
     * A conversation sent as {@code input}.
     *
     * @param url the full address
     * @param streamed whether the answer is asked for piece by piece, whatever the request says
     * @throws dev.avionics.airframe.error.InferenceException of category UNSUPPORTED if the request holds what the API has no
     *     form for
     */
    public Exchange<InferenceResult> chat(WireScope scope, URI url, InferenceRequest request, boolean streamed) {
        List<Adjustment> adjustments = new ArrayList<>();
        String vendor = dialect.vendor(scope.endpoint());
        byte[] body = new RequestWriter(scope, request, vendor, streamed, adjustments).write();
        return new Exchange<>(
                adjustments,
                new Step.Send<>(HttpCall.postJson(url, body, streamed), head -> reply(scope, streamed, vendor, head)));
    }

    /** The key of what a vendor leaves with parts, apart from what its chats leave: items of one API mean nothing to the other. */
    static String left(String vendor) {
        return vendor + "-responses";
    }

    private Step<InferenceResult> reply(WireScope scope, boolean streamed, String vendor, HttpHead head) {
        if (!head.isSuccess()) {
            return errors.refused(head, scope.now(), (status, body) -> Refusals.learn(status, body, scope.learned()));
        }
        String type = head.contentType();
        boolean events = type.equals("text/event-stream") || (streamed && !type.equals("application/json"));
        ResponseFrames frames = new ResponseFrames(!events, left(vendor), errors);
        // The last event holds the whole answer once more, so it may be as large as a whole body.
        return new Step.Decode<>(events ? Sse.decoder(frames, WholeJson.MAX_FRAME_BYTES) : WholeJson.decoder(frames));
    }
}
