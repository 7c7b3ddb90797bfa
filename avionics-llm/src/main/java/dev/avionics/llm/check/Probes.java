package dev.avionics.llm.check;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.Excerpt;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.EndpointUrls;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.ProtocolAdapter;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.spi.Credential;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.Step;
import dev.avionics.llm.settings.ProviderId;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Asks single paths of one address, with its key and headers. */
final class Probes {
    /** A body that every API finds incomplete: it is refused before a model is loaded or a token is spent. */
    private static final String INCOMPLETE = "{}";

    private static final int MAX_BODY = 1 << 20;

    private final Airframe airframe;
    private final EndpointSpec endpoint;
    private final URI root;

    /**
     * What became of one request.
     *
     * @param status the answer's status; 0 if there was none
     * @param body the answer's body; empty if there was none
     * @param error why there is no answer; null if there is one
     */
    record Answer(
            String method,
            String path,
            int status,
            String body,
            @Nullable InferenceException error) {
        boolean isSuccess() {
            return status / 100 == 2;
        }

        /** The body as a JSON object; empty if it is none. */
        Map<String, @Nullable Object> json() {
            try {
                return JsonValues.parseObject(body);
            } catch (InferenceException notJson) {
                return Map.of();
            }
        }

        /** One line for people, without secrets. */
        String shown() {
            return method + " " + path + ": " + (error == null ? status + "" : words(error));
        }

        private static String words(InferenceException error) {
            return switch (error.category()) {
                case CONNECTION -> "no connection";
                case TIMEOUT -> "no answer in time";
                default -> Excerpt.of(String.valueOf(error.getMessage()));
            };
        }
    }

    Probes(Airframe airframe, EndpointSpec endpoint) {
        this.airframe = airframe;
        this.endpoint = endpoint;
        root = EndpointUrls.root(endpoint.baseUrl());
    }

    /** The key that goes with each request, to mask it wherever a server repeats it; none if its source has none at hand. */
    Secret[] key() {
        Secret[] none = {};
        try {
            Secret secret = endpoint.credentials()
                    .credential()
                    .toCompletableFuture()
                    .getNow(Credential.NONE)
                    .secret();
            return secret == null ? none : new Secret[] {secret};
        } catch (RuntimeException failed) {
            return none;
        }
    }

    /** What to do about an answer; empty if nothing has to be done. */
    String hint(Answer answer) {
        return Signs.hint(answer, endpoint.address(), key().length > 0);
    }

    /** Never fails. */
    CompletableFuture<Answer> get(String path, Duration limit) {
        return ask(HttpCall.get(EndpointUrls.resolve(root, "", path)), path, limit);
    }

    /** Posts what spends nothing; never fails. */
    CompletableFuture<Answer> post(String path, Duration limit) {
        byte[] body = INCOMPLETE.getBytes(StandardCharsets.UTF_8);
        return ask(HttpCall.postJson(EndpointUrls.resolve(root, "", path), body, false), path, limit);
    }

    private CompletableFuture<Answer> ask(HttpCall call, String path, Duration limit) {
        CallContext context = airframe.newCall().withTotal(limit);
        CompletableFuture<Answer> answer;
        try {
            answer = adapter().run(new Target(endpoint, ""), context, scope -> Exchange.of(send(call, path)));
        } catch (InferenceException unusable) {
            answer = CompletableFuture.failedFuture(unusable);
        }
        return Patience.limited(airframe.scheduler(), limit, answer).exceptionally(error -> {
            Throwable cause =
                    error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
            InferenceException why = cause instanceof InferenceException known
                    ? known
                    : InferenceException.of(ErrorCategory.REJECTED, String.valueOf(cause));
            return new Answer(call.method(), path, 0, "", why);
        });
    }

    private static Step.Send<Answer> send(HttpCall call, String path) {
        return new Step.Send<>(
                call,
                head -> new Step.ReadAll<>(
                        MAX_BODY,
                        body -> new Step.Done<>(new Answer(call.method(), path, head.status(), text(body), null))));
    }

    private static String text(ByteBuffer body) {
        return StandardCharsets.UTF_8.decode(body.duplicate()).toString();
    }

    /** The endpoint's own adapter, else any other that puts the key where these APIs want it. */
    private ProtocolAdapter adapter() {
        if (!endpoint.baseUrl().getScheme().startsWith("http")) {
            throw InferenceException.of(ErrorCategory.UNSUPPORTED, "there is no address to ask");
        }
        for (BackendKind kind : List.of(
                endpoint.kind(),
                ProviderId.OLLAMA.kind(),
                ProviderId.OPENAI_COMPATIBLE.kind(),
                ProviderId.LLAMASERVER.kind())) {
            if (airframe.adapters().kinds().contains(kind.id())
                    && airframe.adapters().adapter(kind) instanceof ProtocolAdapter http) {
                return http;
            }
        }
        throw InferenceException.of(ErrorCategory.UNSUPPORTED, "no adapter over HTTP is part of this build");
    }
}
