package dev.avionics.airframe.anthropic.request;

import dev.avionics.airframe.http.ErrorDetails;
import dev.avionics.airframe.spi.RefusedFields;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tells from a refusal what a model does not take, so that the next request is made without it. */
public final class Refusals {
    static final String NO_ADAPTIVE = "no adaptive thinking";
    static final String NO_BUDGET = "no thinking budget";
    static final String NO_DISABLED = "no disabled thinking";
    static final String NO_JSON_SCHEMA = "no json_schema";
    static final String EFFORTS = "efforts ";

    /** What can be left out, or sent in another form, without changing what is asked. */
    private static final List<String> OPTIONAL =
            List.of("temperature", "top_p", "top_k", "thinking", "output_config", "metadata", "stop_sequences");

    private static final Pattern LEVELS =
            Pattern.compile("does not support effort level.{0,80}supported levels: ([a-z, ]+)");
    private static final Pattern NOT_BOTH = Pattern.compile("temperature.{0,20}top_p.{0,20}cannot both");
    private static final Pattern ADAPTIVE = Pattern.compile("adaptive.? (thinking )?is not supported");
    private static final Pattern BUDGET = Pattern.compile("thinking\\.(type\\.)?enabled.{0,40}not supported");
    private static final Pattern DISABLED = Pattern.compile("(thinking\\.type\\.disabled|disabl\\w+ thinking"
            + "|thinking.{0,20}disabled).{0,60}(not supported|cannot|not allowed)|thinking cannot be disabled");
    private static final Pattern NO_FORMAT =
            Pattern.compile("not support.{0,20}(output.?format|structured output)|output_config\\.format.{0,60}not ");
    private static final Pattern PATH = Pattern.compile("^`?([a-z_]+)[`.:]");

    private Refusals() {}

    /**
     * The facts that a refusal teaches.
     *
     * @param status the answer's status
     * @param body the answer's body
     */
    public static Set<String> learn(int status, String body) {
        if (status != 400 && status != 422) {
            return Set.of();
        }
        String text = ErrorDetails.of(body).message().toLowerCase(Locale.ROOT);
        Matcher levels = LEVELS.matcher(text);
        if (levels.find()) {
            return Set.of(EFFORTS + levels.group(1).strip());
        }
        if (NOT_BOTH.matcher(text).find()) {
            return Set.of(RefusedFields.fact("top_p"));
        }
        if (BUDGET.matcher(text).find()) {
            return Set.of(NO_BUDGET);
        }
        if (ADAPTIVE.matcher(text).find()) {
            return Set.of(NO_ADAPTIVE);
        }
        if (DISABLED.matcher(text).find()) {
            return Set.of(NO_DISABLED);
        }
        if (NO_FORMAT.matcher(text).find()) {
            return Set.of(NO_JSON_SCHEMA);
        }
        Set<String> facts = new TreeSet<>(RefusedFields.learn(status, body, OPTIONAL));
        Matcher path = PATH.matcher(text);
        if (path.find() && OPTIONAL.contains(path.group(1)) && RefusedFields.speaksOfFields(status, body)) {
            facts.add(RefusedFields.fact(path.group(1)));
        }
        return facts;
    }
}
