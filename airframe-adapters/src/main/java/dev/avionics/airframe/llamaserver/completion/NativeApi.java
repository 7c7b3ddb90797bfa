package dev.avionics.airframe.llamaserver.completion;

import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.EndpointUrls;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpErrors;
import dev.avionics.airframe.http.HttpHead;
import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.json.JsonWriter;
import dev.avionics.airframe.openai.chat.ChatWire;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.WireScope;
import java.net.URI;
import java.util.function.Function;
import java.util.function.Supplier;

/** The server's own API, as all requests to it know it: addresses without a version, errors, templates, counts. */
public final class NativeApi {
    private static final int MOST_BYTES = 64 << 20;

    private NativeApi() {}

    /** The address of a path of the server's own, which has no version in front. */
    public static URI url(WireScope scope, String path) {
        EndpointSpec endpoint = scope.endpoint();
        String base = endpoint.baseUrl().toString().replaceFirst("/+$", "");
        String own = base.endsWith("/v1") ? base.substring(0, base.length() - "/v1".length()) : base;
        return EndpointUrls.resolve(URI.create(own), "", path);
    }

    /** The common table of errors, which knows this server's words. */
    public static HttpErrors errors(WireScope scope) {
        return HttpErrors.of(scope.endpoint().name());
    }

    /** Sends a call and reads one value out of its answer, which is JSON. */
    public static <V, R> Step.Send<R> ask(
            WireScope scope, HttpCall call, Function<JsonReader, V> read, Function<V, Step<R>> then) {
        return new Step.Send<>(
                call, head -> head.isSuccess() ? read(read, then) : ChatWire.<R>failed(scope, head, errors(scope)));
    }

    private static <V, R> Step<R> read(Function<JsonReader, V> read, Function<V, Step<R>> then) {
        return new Step.ReadAll<>(MOST_BYTES, body -> then.apply(read.apply(JsonReader.of(body))));
    }

    /**
     * Has a conversation made into a prompt.
     *
     * @param body what {@code /apply-template} gets
     * @param withoutTemplate the prompt if the server has no templates
     * @param then is given the prompt
     */
    public static <R> Step.Send<R> template(
            WireScope scope, byte[] body, Supplier<String> withoutTemplate, Function<String, Step<R>> then) {
        HttpCall call = HttpCall.postJson(url(scope, "/apply-template"), body, false);
        return new Step.Send<>(call, head -> {
            if (head.isSuccess()) {
                return read(NativeApi::prompt, then);
            }
            return isMissing(head) ? then.apply(withoutTemplate.get()) : ChatWire.failed(scope, head, errors(scope));
        });
    }

    private static boolean isMissing(HttpHead head) {
        return head.status() == 404 || head.status() == 405 || head.status() == 501;
    }

    private static String prompt(JsonReader json) {
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

    /**
     * Counts the tokens of a text.
     *
     * @param whole whether the marks around a prompt count too, as when it is completed
     */
    public static Step.Send<Long> tokens(WireScope scope, String text, boolean whole) {
        byte[] body = new JsonWriter()
                .beginObject()
                .field("content", text)
                .field("add_special", whole)
                .endObject()
                .toBytes();
        HttpCall call = HttpCall.postJson(url(scope, "/tokenize"), body, false);
        return ask(scope, call, NativeApi::count, Step.Done::new);
    }

    private static Long count(JsonReader json) {
        long count = 0;
        boolean found = false;
        if (json.enterObject()) {
            while (json.nextField()) {
                if (json.field().equals("tokens") && json.enterArray()) {
                    found = true;
                    while (json.nextElement()) {
                        count++;
                    }
                }
            }
        }
        json.finish();
        if (!found) {
            throw InferenceException.of(ErrorCategory.PARSE, "/tokenize gave no tokens");
        }
        return count;
    }
}
