package dev.avionics.llm.check;

import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.llm.check.Probes.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an answer to a probe says of the server, and what to do about it. */
final class Signs {
    private Signs() {}

    /** What an answer to an incomplete request says of its path. */
    enum Path {
        /** It is there: it answers, or finds the request wrong. */
        THERE,
        /** It is not there, or not for this method. */
        MISSING,
        /** It may be there, but refuses us: by a key, a proxy, a limit, or because it is not ready. */
        REFUSED,
        /** It took the request, and says nothing: a model may be loading. */
        SILENT,
        /** Something between us and it is broken. */
        BROKEN
    }

    static Path path(Answer answer) {
        InferenceException error = answer.error();
        if (error != null) {
            return error.category() == ErrorCategory.TIMEOUT && error.sent() != InferenceException.Sent.NOTHING
                    ? Path.SILENT
                    : Path.BROKEN;
        }
        int status = answer.status();
        return switch (status) {
            case 401, 403, 407, 429 -> Path.REFUSED;
            case 405, 410, 501 -> Path.MISSING;
            // Ollama says so of a model too, which only a path that is there can miss.
            case 404 -> errorText(answer).contains("model") ? Path.THERE : Path.MISSING;
            case 500, 503 -> errorText(answer).isEmpty() ? Path.BROKEN : Path.REFUSED;
            default ->
                switch (status / 100) {
                    // A page for people is no API.
                    case 2 -> isData(answer.body().stripLeading()) ? Path.THERE : Path.MISSING;
                    case 3 -> Path.MISSING;
                    case 5 -> Path.BROKEN;
                    default -> Path.THERE;
                };
        };
    }

    private static boolean isData(String body) {
        return body.startsWith("{") || body.startsWith("data:");
    }

    private static String errorText(Answer answer) {
        return String.valueOf(answer.json().getOrDefault("error", "")).toLowerCase(Locale.ROOT);
    }

    /** Of GET /api/version: whether it is Ollama. */
    static boolean isOllama(Answer version) {
        return version.isSuccess() && version.json().get("version") instanceof String;
    }

    /** Of GET /props: whether it is llama-server, be it ready or loading. */
    static boolean isLlamaServer(Answer props) {
        Map<String, @Nullable Object> json = props.json();
        return props.isSuccess()
                ? json.containsKey("default_generation_settings") || json.containsKey("total_slots")
                : props.status() == 503 && errorText(props).contains("loading model");
    }

    /** Of GET /v1/models: whether the list is llama-server's, whose /props may need a key that its list does not. */
    static boolean isLlamaServersList(Answer models) {
        return isOpenAi(models)
                && models.json().get("data") instanceof List<?> data
                && data.stream()
                        .anyMatch(each -> each instanceof Map<?, ?> model && "llamacpp".equals(model.get("owned_by")));
    }

    /** Of GET /v1/models: whether it lists models as OpenAI does. */
    static boolean isOpenAi(Answer models) {
        return models.isSuccess() && models.json().get("data") instanceof List<?>;
    }

    /** The models of a list in Ollama's way or in OpenAI's. */
    static List<String> models(Answer list) {
        Object entries = list.json().get("data") instanceof List<?> data
                ? data
                : list.json().get("models");
        List<String> names = new ArrayList<>();
        if (entries instanceof List<?> all) {
            for (Object entry : all) {
                if (entry instanceof Map<?, ?> fields) {
                    Object name = fields.get("id") == null ? fields.get("name") : fields.get("id");
                    if (name != null) {
                        names.add(name.toString());
                    }
                }
            }
        }
        return names;
    }

    /** What to do about an answer of an address, to a request with a key or without one; empty if nothing has to be done. */
    static String hint(Answer answer, String address, boolean keySent) {
        InferenceException error = answer.error();
        if (error != null) {
            return switch (error.category()) {
                case CONNECTION ->
                    error.code().orElse("").equals("dns")
                            ? "The host of " + address + " has no address: is its name right?"
                            : "Nothing takes connections at " + address
                                    + ". Is Ollama running? (to start it: ollama serve)";
                case TIMEOUT -> "It took the connection, but did not answer in time: is it loading a model, or stuck?";
                default -> "";
            };
        }
        return switch (answer.status()) {
            case 401 ->
                keySent
                        ? "It does not take the key that it is sent: is it right, and meant for this address?"
                        : "It wants a key: set LLM_API_KEY.";
            case 403 ->
                "It refuses us: a proxy may stand between (see HTTP_PROXY and NO_PROXY), or the key may not do this"
                        + " (see LLM_API_KEY).";
            case 404 ->
                Signs.path(answer) == Path.THERE ? "" : "No such path: the API is another one, or the address is.";
            case 405 -> "The path is there, but not for " + answer.method() + ": the API is another one.";
            case 407 -> "A proxy wants a name and password: see HTTP_PROXY and NO_PROXY.";
            case 429 -> "Too many requests just now, or the allowance is used up.";
            case 502, 504 -> "A proxy answers, but not the server behind it.";
            case 503 -> "It is starting, loading its model, or too busy: try again soon.";
            default -> answer.status() == 500 && path(answer) == Path.BROKEN ? "The server failed: see its log." : "";
        };
    }
}
