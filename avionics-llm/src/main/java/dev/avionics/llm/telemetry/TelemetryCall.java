package dev.avionics.llm.telemetry;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.CallContext;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a logical call before its first attempt. Of {@code chat} and {@code embeddings} one is given. {@code toString}
 * shows no content.
 *
 * @param provider our name of who is asked, such as a provider's or {@code gateway}
 * @param target where the first attempt will probably go
 * @param model the model as it was asked for; differs from the target's where names are mapped
 * @param chat the conversation, or null
 * @param embeddings the texts, or null
 * @param requestId the id of the request, as the caller knows it
 * @param agent whose call it is, or null
 * @param conversation the id of the conversation that it belongs to, or null
 * @param parent what the call's span belongs to
 */
public record TelemetryCall(
        String provider,
        Target target,
        String model,
        @Nullable InferenceRequest chat,
        @Nullable EmbeddingRequest embeddings,
        String requestId,
        @Nullable String agent,
        @Nullable String conversation,
        Context parent) {
    /** The attribute of a {@link CallContext} that names the agent. */
    public static final String AGENT = "agent";

    /** The attribute of a {@link CallContext} that names the conversation. */
    public static final String CONVERSATION = "conversation";

    /** The attribute of a {@link CallContext} of an attempt that names its trace. */
    public static final String TRACE = "trace_id";

    public TelemetryCall {
        requireNonNull(provider, "provider");
        requireNonNull(target, "target");
        requireNonNull(model, "model");
        requireNonNull(requestId, "requestId");
        requireNonNull(parent, "parent");
        if ((chat == null) == (embeddings == null)) {
            throw new IllegalArgumentException(
                    "chat and embeddings: " + (chat == null ? "none" : "both") + " (expected: one of them)");
        }
    }

    /** A conversation; its parent is the span that is current on this thread. */
    public static TelemetryCall chat(String provider, Target target, InferenceRequest request, CallContext context) {
        return new TelemetryCall(
                provider,
                target,
                target.model(),
                request,
                null,
                context.callId(),
                context.attributes().get(AGENT),
                context.attributes().get(CONVERSATION),
                Context.current());
    }

    /** Vectors of texts; its parent is the span that is current on this thread. */
    public static TelemetryCall embeddings(
            String provider, Target target, EmbeddingRequest request, CallContext context) {
        return new TelemetryCall(
                provider,
                target,
                target.model(),
                null,
                request,
                context.callId(),
                context.attributes().get(AGENT),
                null,
                Context.current());
    }

    /** This with another parent. */
    public TelemetryCall withParent(Context other) {
        return new TelemetryCall(provider, target, model, chat, embeddings, requestId, agent, conversation, other);
    }

    /** This with the model as the caller named it. */
    public TelemetryCall withModel(String requested) {
        return new TelemetryCall(provider, target, requested, chat, embeddings, requestId, agent, conversation, parent);
    }

    /** This with the id that the caller knows. */
    public TelemetryCall withRequestId(String id) {
        return new TelemetryCall(provider, target, model, chat, embeddings, id, agent, conversation, parent);
    }

    /** {@code chat} or {@code embeddings}. */
    String operation() {
        return chat != null ? "chat" : "embeddings";
    }

    boolean isStreamed() {
        return chat != null && chat.stream();
    }

    @Override
    public String toString() {
        return "TelemetryCall[" + operation() + " " + model + " by " + provider + ", " + requestId + "]";
    }
}
