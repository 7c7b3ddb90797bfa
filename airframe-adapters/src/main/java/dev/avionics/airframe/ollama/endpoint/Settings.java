package dev.avionics.airframe.ollama.endpoint;

import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.EndpointUrls;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.spi.RequestFields;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The settings of an endpoint that only this protocol knows, and the addresses of its operations. */
public record Settings(EndpointSpec endpoint) {
    private static final String CLOUD = "ollama.com";
    private static final String PREFIX = "/api";

    /** The address of an operation, such as {@code /show}. */
    public URI url(String path) {
        return EndpointUrls.resolve(endpoint, PREFIX, path);
    }

    /** The address of answers. */
    public URI answers(Api api) {
        return EndpointUrls.inference(endpoint, PREFIX, api.path());
    }

    /** Whether the endpoint is Ollama's hosted service. */
    public boolean isCloud() {
        String host = endpoint.baseUrl().getHost();
        return host != null
                && (host.equalsIgnoreCase(CLOUD)
                        || host.toLowerCase(Locale.ROOT).endsWith("." + CLOUD));
    }

    /** How long the model stays loaded: seconds, or a duration such as {@code 5m}; null for the server's own. */
    public @Nullable Object keepAlive() {
        String value = text("keep_alive");
        if (value == null) {
            return null;
        }
        // A number inside quotes is refused by the server, as it has no unit.
        return value.matches("-?[0-9]{1,9}") ? (Object) Integer.valueOf(value) : value;
    }

    /** Whether the server may cut the prompt. */
    public @Nullable Boolean truncate(@Nullable Boolean otherwise) {
        String value = text("truncate");
        if (value == null) {
            return otherwise;
        }
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw Errors.invalid("truncate: " + value + " (expected: true or false)");
        };
    }

    /** The size of the window that every request asks for; null if there is none. */
    public @Nullable Integer fixedWindow() {
        String value = text("num_ctx");
        boolean word = value == null || value.equalsIgnoreCase("auto") || value.equalsIgnoreCase("off");
        return word ? null : positive("num_ctx", value, "auto, off or a number of tokens");
    }

    /** Whether the size of the window is made to measure. */
    public boolean adaptiveWindow() {
        String value = text("num_ctx");
        // The hosted service gives every request the whole window of the model.
        return value == null ? !isCloud() : value.equalsIgnoreCase("auto");
    }

    /** The model's own window; null if nobody said. */
    public @Nullable Integer modelWindow() {
        String value = text("context_length");
        return value == null ? null : positive("context_length", value, "a number of tokens");
    }

    /** Whether {@code <think>} at the start of the text is taken for thinking. */
    public boolean thinkTags(boolean asked) {
        String value = text("think_tags");
        return switch (value == null ? "asked" : value.toLowerCase(Locale.ROOT)) {
            case "asked" -> asked;
            case "split" -> true;
            case "keep" -> false;
            default -> throw Errors.invalid("think_tags: " + value + " (expected: asked, split or keep)");
        };
    }

    /** Fields for every request, as a JSON object. */
    public Map<String, @Nullable Object> extraBody() {
        String value = text(RequestFields.EXTRA_BODY);
        try {
            return value == null ? Map.of() : JsonValues.parseObject(value);
        } catch (InferenceException notAnObject) {
            throw Errors.invalid("extra_body: not JSON (expected: a JSON object)");
        }
    }

    private @Nullable String text(String name) {
        String value = endpoint.metadata().get(name);
        return value == null || value.isBlank() ? null : value.strip();
    }

    private static Integer positive(String name, @Nullable String value, String expected) {
        if (value == null || !value.matches("[1-9][0-9]{0,8}")) {
            throw Errors.invalid(name + ": " + value + " (expected: " + expected + ")");
        }
        return Integer.valueOf(value);
    }
}
