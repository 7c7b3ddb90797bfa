package dev.avionics.testkit.model;

import static java.util.Objects.requireNonNull;

import dev.avionics.testkit.backend.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A model without wit: it answers by the last message, the same each time at temperature 0, and keeps to stop sequences,
 * the token limit, its context window and a JSON schema. A word with the white space behind it is a token.
 *
 * <p>It knows a name and a dog that it was told of, calls the first tool with arguments that fit its schema, repeats what a
 * tool gave back, counts images, thinks when it is asked to, and tells a story that takes seconds when one is wanted that is
 * "very long". Anything else it repeats. Thread-safe.
 *
 * <p>The faces of this package let it be called as known backends are. Whoever simulates another reads its requests into
 * {@link Question}s, and writes {@link Answer}s as that backend does.
 */
public final class SimulatedModel {
    private static final Pattern DOG = Pattern.compile("dog called (\\w+)");
    private static final Pattern NAME = Pattern.compile("[Yy]our name is (\\w+)");
    private static final int DIMENSIONS = 16;
    private static final int TURN_TOKENS = 4;
    private static final int STORY_TOKENS = 1000;
    private static final Duration STORY_PAUSE = Duration.ofMillis(5);

    private final String name;
    private final int context;
    private final Act act;
    private final AtomicLong chance = new AtomicLong();
    private final Map<String, Reply> later;

    private SimulatedModel(String name, int context, Act act, Map<String, Reply> later) {
        this.later = later;
        this.name = requireNonNull(name, "name");
        this.context = context;
        this.act = act;
    }

    /**
     * A model.
     *
     * @param name its id; any other is unknown
     * @param context its context window in tokens
     */
    public static SimulatedModel of(String name, int context) {
        return new SimulatedModel(name, context, Act.NONE, new ConcurrentHashMap<>());
    }

    /** A model like this that does something else than to answer. */
    SimulatedModel acting(String otherName, Act other, int otherContext) {
        return new SimulatedModel(otherName, otherContext, other, later);
    }

    /** Replies that are asked for again when they are ready, by the place where they are; for faces of this model. */
    Map<String, Reply> later() {
        return later;
    }

    /** Its id. */
    public String name() {
        return name;
    }

    /** Its context window in tokens. */
    public int context() {
        return context;
    }

    /**
     * A message.
     *
     * @param role system, user, assistant or tool
     * @param images how many pictures it holds
     */
    public record Turn(String role, String text, int images) {}

    /** A tool that it may call, with the schema of its arguments. */
    public record Tool(String name, Map<String, @Nullable Object> schema) {}

    /**
     * A request.
     *
     * @param turns the conversation, at least one
     * @param schema what the answer has to fit, empty for any text
     * @param thinks whether it shall think first
     * @param temperature of 0 for the same answer each time, or null
     * @param maxTokens how long the answer may be, or null
     * @param stop texts that end the answer before them
     */
    public record Question(
            List<Turn> turns,
            List<Tool> tools,
            Map<String, @Nullable Object> schema,
            boolean thinks,
            @Nullable Number temperature,
            @Nullable Number maxTokens,
            List<String> stop) {
        Question withoutTools() {
            return new Question(turns, List.of(), schema, thinks, temperature, maxTokens, stop);
        }

        /** The tokens of the conversation. */
        public int tokens() {
            return turns.stream()
                    .mapToInt(turn -> tokensOf(turn.text) + TURN_TOKENS)
                    .sum();
        }
    }

    /** A tool that it calls. */
    public record ToolUse(String id, String tool, Map<String, @Nullable Object> arguments) {}

    /**
     * What it says.
     *
     * @param thinking the tokens of what it thought
     * @param pieces the tokens of the text
     * @param finish stop, length, tool_calls or content_filter
     * @param pause how long each token takes
     * @param input the tokens of the question
     */
    public record Answer(
            List<String> thinking, List<String> pieces, List<ToolUse> calls, String finish, Duration pause, int input) {
        /** The tokens that were made. */
        public int output() {
            return thinking.size() + pieces.size() + calls.size();
        }

        /** The whole text. */
        public String text() {
            return String.join("", pieces);
        }
    }

    /** Whether a question has more tokens than the context window. */
    public boolean isTooLong(Question question) {
        return question.tokens() > context;
    }

    /** Answers a question. */
    public Answer answer(Question question) {
        checkWilling();
        Question understood = act.speaks() ? question.withoutTools() : question;
        return act.change().apply(usualAnswer(understood));
    }

    private void checkWilling() {
        if (act.status() != 0) {
            throw new RefusedRequest(act.status(), "", act.words());
        }
    }

    private Answer usualAnswer(Question question) {
        List<String> thinking = question.thinks ? pieces("Let me think about that. ") : List.of();
        Turn last = asks(question);
        if (!question.tools.isEmpty() && !last.role.equals("tool")) {
            Tool tool = question.tools.get(0);
            ToolUse use = new ToolUse("call_" + chance.incrementAndGet(), tool.name, Json.map(instance(tool.schema)));
            return new Answer(thinking, List.of(), List.of(use), "tool_calls", Duration.ZERO, question.tokens());
        }
        boolean story = last.text.contains("very long");
        String text = words(question, last, story);
        Number temperature = question.temperature;
        if (temperature == null || temperature.doubleValue() > 0) {
            text += " (" + chance.incrementAndGet() + ")";
        }
        for (String stop : question.stop) {
            int at = text.indexOf(stop);
            text = at < 0 ? text : text.substring(0, at);
        }
        List<String> pieces = pieces(text);
        Number limit = question.maxTokens;
        int room = limit == null ? Integer.MAX_VALUE : Math.max(0, limit.intValue() - thinking.size());
        boolean cut = pieces.size() > room;
        return new Answer(
                thinking,
                cut ? pieces.subList(0, room) : pieces,
                List.of(),
                cut ? "length" : "stop",
                story ? STORY_PAUSE : Duration.ZERO,
                question.tokens());
    }

    /** The turn that is answered: behind it the beginning of the answer may stand. */
    private static Turn asks(Question question) {
        List<Turn> turns = question.turns;
        Turn last = turns.get(turns.size() - 1);
        return last.role.equals("assistant") && turns.size() > 1 ? turns.get(turns.size() - 2) : last;
    }

    private static String words(Question question, Turn last, boolean story) {
        if (last.role.equals("tool")) {
            return "The tool says: " + last.text;
        }
        if (!question.schema.isEmpty()) {
            return Json.write(instance(question.schema));
        }
        if (last.images > 0) {
            return "I see " + last.images + " image, and it is small.";
        }
        if (last.text.contains("my dog")) {
            return told(question, DOG, " is your dog 🐕, and a good one.", "I have not heard of a dog yet.");
        }
        if (last.text.contains("your name")) {
            return told(question, NAME, " is what they call me.", "I have no name of my own.");
        }
        return story
                ? "and a wave came ".repeat(STORY_TOKENS / 4)
                : "You asked: " + last.text + " Here is what I know of it 🙂, and it is not much.";
    }

    private static String told(Question question, Pattern pattern, String known, String unknown) {
        for (Turn turn : question.turns) {
            Matcher matcher = pattern.matcher(turn.text);
            if (matcher.find()) {
                return matcher.group(1) + known;
            }
        }
        return unknown;
    }

    private static List<String> pieces(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split("(?<=\\s)(?=\\S)"));
    }

    static int tokensOf(String text) {
        return pieces(text).size();
    }

    /** A value that fits a JSON schema. */
    private static @Nullable Object instance(Map<String, @Nullable Object> schema) {
        List<?> choices = Json.list(schema.get("enum"));
        if (!choices.isEmpty()) {
            return choices.get(0);
        }
        return switch (Json.text(schema, "type")) {
            case "string" -> "Paris";
            case "boolean" -> true;
            case "integer", "number" -> 1;
            case "array" -> List.of();
            case "null" -> null;
            default -> {
                Map<String, @Nullable Object> object = new LinkedHashMap<>();
                Json.map(schema.get("properties"))
                        .forEach((property, inner) -> object.put(property, instance(Json.map(inner))));
                yield object;
            }
        };
    }

    /** The vector of a text, of length 1; the same each time, and another for each text. */
    List<Double> vector(String text) {
        checkWilling();
        List<Double> vector = new ArrayList<>(DIMENSIONS);
        long state = text.hashCode();
        double sum = 0;
        for (int i = 0; i < DIMENSIONS; i++) {
            state = state * 6364136223846793005L + 1442695040888963407L;
            double value = (state >> 33) / (double) (1L << 30);
            vector.add(value);
            sum += value * value;
        }
        double length = Math.sqrt(sum);
        vector.replaceAll(value -> value / length);
        return vector;
    }
}
