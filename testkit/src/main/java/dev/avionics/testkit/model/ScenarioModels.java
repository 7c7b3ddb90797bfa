package dev.avionics.testkit.model;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.error.InferenceException;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.SeenRequest;
import dev.avionics.testkit.model.SimulatedModel.Answer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A face, of whatever vendor, whose models behave as their names say; any other name is answered as the face answers it. What is
 * refused is refused in the vendor's shape, and requests are checked as strictly as ever.
 *
 * <table>
 * <caption>The names</caption>
 * <tr><td>{@code error-400} … {@code error-599}</td><td>refuses with that status; 429, 503 and 529 say {@code Retry-After: 1}</td></tr>
 * <tr><td>{@code context-length}</td><td>finds every conversation too long</td></tr>
 * <tr><td>{@code in-band-error}</td><td>reports an error in the middle of a stream</td></tr>
 * <tr><td>{@code cut-mid-stream}, {@code reset-mid-stream}</td><td>closes or resets the connection in the middle</td></tr>
 * <tr><td>{@code slow-first-token}, {@code slow-tokens}</td><td>waits before the answer, or after each piece of it</td></tr>
 * <tr><td>{@code silence}</td><td>takes the request and says nothing</td></tr>
 * <tr><td>{@code html}</td><td>answers with a page, and status 200</td></tr>
 * <tr><td>{@code empty}</td><td>says nothing, and ends well</td></tr>
 * <tr><td>{@code length}</td><td>is ended by the limit on tokens after its first word</td></tr>
 * <tr><td>{@code content-filter}</td><td>is ended by the vendor's filter after its first word, where the vendor has one</td></tr>
 * <tr><td>{@code thinks}</td><td>thinks, asked to or not, where the vendor's models do</td></tr>
 * <tr><td>{@code calls-tool}</td><td>calls the first tool that is offered, and answers with its result</td></tr>
 * </table>
 *
 * <p>What breaks off, is slow or is ended in the middle speaks, also where another model would call a tool.
 *
 * <p>Thread-safe, if the face is.
 */
public final class ScenarioModels implements Function<SeenRequest, Reply> {
    private static final Pattern ERROR = Pattern.compile("error-([45]\\d\\d)");
    private static final Pattern IN_PATH = Pattern.compile("/(?:models|deployments)/([^/:]+)[/:]");
    private static final Duration FIRST_TOKEN = Duration.ofMillis(300);
    private static final Duration TOKEN = Duration.ofMillis(20);

    private final SimulatedModel model;
    private final Function<SimulatedModel, ? extends Function<SeenRequest, Reply>> faces;
    private final Function<SeenRequest, Reply> usual;
    private final Map<String, Function<SeenRequest, Reply>> made = new ConcurrentHashMap<>();
    private final Duration firstToken;
    private final Duration token;

    private ScenarioModels(
            SimulatedModel model,
            Function<SimulatedModel, ? extends Function<SeenRequest, Reply>> faces,
            Duration firstToken,
            Duration token) {
        this.model = requireNonNull(model, "model");
        this.faces = requireNonNull(faces, "faces");
        this.firstToken = requireNonNull(firstToken, "firstToken");
        this.token = requireNonNull(token, "token");
        usual = faces.apply(model);
    }

    /**
     * A face with such models.
     *
     * @param model what answers to its own name
     * @param faces makes the face of a model, such as {@code m -> AnthropicFace.of(m, key)}
     */
    public static ScenarioModels of(
            SimulatedModel model, Function<SimulatedModel, ? extends Function<SeenRequest, Reply>> faces) {
        return new ScenarioModels(model, faces, FIRST_TOKEN, TOKEN);
    }

    /**
     * This with other waits.
     *
     * @param first how long {@code slow-first-token} waits; 300 ms unless told
     * @param each how long {@code slow-tokens} waits after each piece; 20 ms unless told
     */
    public ScenarioModels waiting(Duration first, Duration each) {
        return new ScenarioModels(model, faces, first, each);
    }

    /** All names, with {@code error-400} for those of a status. */
    public static List<String> names() {
        return List.of(
                "error-400",
                "context-length",
                "in-band-error",
                "cut-mid-stream",
                "reset-mid-stream",
                "slow-first-token",
                "slow-tokens",
                "silence",
                "html",
                "empty",
                "length",
                "content-filter",
                "thinks",
                "calls-tool");
    }

    @Override
    public Reply apply(SeenRequest request) {
        String name = name(request);
        Act act = act(name);
        if (act == null) {
            return usual.apply(request);
        }
        Reply reply = made.computeIfAbsent(name, each -> faces.apply(model.acting(each, act, context(each))))
                .apply(request);
        return switch (name) {
            case "error-429", "error-503", "error-529" -> reply.header("Retry-After", "1");
            case "slow-first-token" -> reply.latency(firstToken);
            case "silence" -> Reply.silence();
            case "html" -> Reply.of("text/html", "<!DOCTYPE html><html><title>Welcome</title></html>");
            default -> reply;
        };
    }

    private int context(String name) {
        return name.equals("context-length") ? 0 : model.context();
    }

    private @Nullable Act act(String name) {
        Matcher error = ERROR.matcher(name);
        if (error.matches()) {
            int status = Integer.parseInt(error.group(1));
            return Act.refusing(status, words(status));
        }
        return switch (name) {
            case "context-length", "slow-first-token", "silence", "html", "calls-tool" -> Act.NONE;
            case "in-band-error" -> Act.speaking(answer -> ended(answer, Act.ERROR));
            case "cut-mid-stream" -> Act.speaking(answer -> ended(answer, Act.CUT));
            case "reset-mid-stream" -> Act.speaking(answer -> ended(answer, Act.RESET));
            case "length" -> Act.speaking(answer -> ended(answer, "length"));
            case "content-filter" -> Act.speaking(answer -> ended(answer, "content_filter"));
            case "slow-tokens" ->
                Act.speaking(answer -> new Answer(
                        answer.thinking(), answer.pieces(), answer.calls(), answer.finish(), token, answer.input()));
            case "empty" ->
                Act.changing(
                        answer -> new Answer(List.of(), List.of(), List.of(), "stop", answer.pause(), answer.input()));
            case "thinks" ->
                Act.changing(answer -> new Answer(
                        List.of("Let ", "me ", "think. "),
                        answer.pieces(),
                        answer.calls(),
                        answer.finish(),
                        answer.pause(),
                        answer.input()));
            default -> null;
        };
    }

    private static Answer ended(Answer answer, String finish) {
        List<String> first =
                answer.pieces().subList(0, Math.min(1, answer.pieces().size()));
        return new Answer(answer.thinking(), first, List.of(), finish, answer.pause(), answer.input());
    }

    private static String words(int status) {
        return switch (status) {
            case 401 -> "The key is not valid.";
            case 402 -> "Payment required.";
            case 403 -> "The key may not do this.";
            case 404 -> "The model does not exist.";
            case 408, 504 -> "The request timed out.";
            case 413 -> "The request is too large.";
            case 429 -> "Rate limit reached.";
            case 503, 529 -> "The server is overloaded.";
            default -> status < 500 ? "The request is not valid." : "The server had an error.";
        };
    }

    private static String name(SeenRequest request) {
        if (!request.method().equals("POST")) {
            return "";
        }
        Matcher path = IN_PATH.matcher(request.path());
        if (path.find()) {
            return path.group(1);
        }
        try {
            return Json.text(Json.body(request), "model");
        } catch (InferenceException notJson) {
            // The face refuses it in its own words.
            return "";
        }
    }
}
