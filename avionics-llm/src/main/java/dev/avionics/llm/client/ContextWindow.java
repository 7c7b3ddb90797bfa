package dev.avionics.llm.client;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Role;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.spi.TokenEstimator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes conversations fit into what a model can read, by leaving out the oldest turns. Thread-safe.
 *
 * <p>Tokens are guessed: those of each text by the estimator, 4 for each turn, 1000 for each picture or document.
 */
public final class ContextWindow {
    private static final long PER_TURN = 4;
    private static final long PER_MEDIUM = 1000;

    private final TokenEstimator estimator;

    /**
     * How much there is room for.
     *
     * @param window the tokens of the model's whole context window, at least 1
     * @param answer those of them that are left free for the answer; at least 0, below {@code window}
     */
    public record Budget(long window, long answer) {
        public Budget {
            if (window < 1) {
                throw new IllegalArgumentException("window: " + window + " (expected: >= 1)");
            }
            if (answer < 0 || answer >= window) {
                throw new IllegalArgumentException("answer: " + answer + " (expected: 0 to " + (window - 1) + ")");
            }
        }

        /** A window of which a quarter is left free for the answer. */
        public static Budget of(long window) {
            return new Budget(window, Math.max(0, window / 4));
        }

        /** The tokens of the conversation at most. */
        public long conversation() {
            return window - answer;
        }
    }

    /**
     * A conversation that fits.
     *
     * @param messages its turns in their order, the prompt last
     * @param tokens the guess for all of them
     * @param omitted how many turns of the history were left out
     */
    public record Fitted(List<Message> messages, long tokens, int omitted) {
        public Fitted {
            messages = List.copyOf(messages);
        }
    }

    /** What stays or goes together: a turn, or a turn with tool calls and the turns with their results. */
    private static final class Unit {
        private final Map<Integer, Message> turns = new TreeMap<>();
        private boolean kept;
        private int last;

        private void add(int index, Message message) {
            turns.put(index, message);
            last = Math.max(last, index);
        }
    }

    /** A window that guesses with four characters to a token. */
    public ContextWindow() {
        this(new CharsPerToken(4));
    }

    /** A window with a guess of one's own. */
    public ContextWindow(TokenEstimator estimator) {
        this.estimator = requireNonNull(estimator, "estimator");
    }

    /**
     * What of a history can be sent with a prompt: all system turns, then as many of the newest turns as there is room for,
     * without a gap. A turn with tool calls stays or goes with the results of these calls; results without a call are left
     * out. If the prompt holds tool results, the turn that called for them stays.
     *
     * @param history the turns before the prompt, the oldest first
     * @param prompt the next turn, which is never left out
     * @throws InferenceException of category CONTEXT_LENGTH if not even system turns and prompt fit; nothing was sent
     * @throws IllegalArgumentException if the prompt holds nothing but results of calls that are not in the history
     */
    public Fitted fit(List<Message> history, Budget budget, Message prompt) {
        requireNonNull(budget, "budget");
        requireNonNull(prompt, "prompt");
        List<Unit> units = units(history, prompt);
        Unit asked = units.get(units.size() - 1);
        long tokens = 0;
        for (Unit unit : units) {
            unit.kept = unit == asked || isSystem(unit);
            tokens += unit.kept ? tokens(unit) : 0;
        }
        if (tokens > budget.conversation()) {
            throw tooLong(tokens, budget);
        }
        List<Unit> newestFirst = new ArrayList<>(units);
        newestFirst.sort((a, b) -> Integer.compare(b.last, a.last));
        for (Unit unit : newestFirst) {
            if (unit.kept) {
                continue;
            }
            long more = tokens(unit);
            if (tokens + more > budget.conversation()) {
                break;
            }
            unit.kept = true;
            tokens += more;
        }
        Map<Integer, Message> sent = new TreeMap<>();
        units.stream().filter(unit -> unit.kept).forEach(unit -> sent.putAll(unit.turns));
        return new Fitted(List.copyOf(sent.values()), tokens, history.size() + 1 - sent.size());
    }

    /** As {@link #fit(List, Budget, Message)}, with a user's prompt and a quarter of the window left for the answer. */
    public Fitted fit(List<Message> history, long window, String prompt) {
        return fit(history, Budget.of(window), Message.user(prompt));
    }

    /** The guess for one turn. */
    public long tokens(Message message) {
        return PER_TURN + message.parts().stream().mapToLong(this::tokens).sum();
    }

    private long tokens(Unit unit) {
        return unit.turns.values().stream().mapToLong(this::tokens).sum();
    }

    private long tokens(Part part) {
        return part.<Long>fold(
                text -> estimator.estimate(text.text()),
                image -> PER_MEDIUM,
                thinking -> estimator.estimate(thinking.text()),
                call -> estimator.estimate(call.name()) + estimator.estimate(call.argumentsJson()),
                result -> result.content().stream().mapToLong(this::tokens).sum(),
                other -> other instanceof Part.Refusal refusal ? estimator.estimate(refusal.text()) : PER_MEDIUM);
    }

    private static boolean isSystem(Unit unit) {
        return unit.turns.values().iterator().next().role() == Role.SYSTEM;
    }

    /** The units in the order in which they begin; the prompt's is the last one. */
    private static List<Unit> units(List<Message> history, Message prompt) {
        List<Message> all = new ArrayList<>(history);
        all.add(prompt);
        List<Unit> units = new ArrayList<>();
        // Backends may use an id again: the latest call that has it is meant.
        Map<String, Unit> callers = new HashMap<>();
        for (int i = 0; i < all.size(); i++) {
            Message message = all.get(i);
            Unit unit = new Unit();
            if (message.role() == Role.TOOL) {
                Message known = answering(message, callers.keySet());
                if (known == null) {
                    if (i == history.size()) {
                        throw new IllegalArgumentException("prompt: results of calls that are not in the history");
                    }
                    continue;
                }
                for (Unit caller : callersOf(known, callers)) {
                    merge(caller, unit, callers);
                    units.remove(caller);
                }
                message = known;
            }
            unit.add(i, message);
            for (Part.ToolCall call : message.toolCalls()) {
                callers.put(call.id(), unit);
            }
            units.add(unit);
        }
        return units;
    }

    private static Set<Unit> callersOf(Message results, Map<String, Unit> callers) {
        Set<Unit> found = new HashSet<>();
        for (Part.ToolResult result : results.only(Part.ToolResult.class)) {
            Unit caller = callers.get(result.callId());
            if (caller != null) {
                found.add(caller);
            }
        }
        return found;
    }

    private static void merge(Unit from, Unit into, Map<String, Unit> callers) {
        from.turns.forEach(into::add);
        callers.replaceAll((id, unit) -> unit == from ? into : unit);
    }

    /** The turn with those results only that a call was made for; null if there is none. */
    private static @Nullable Message answering(Message results, Set<String> called) {
        List<Part> known = new ArrayList<>();
        for (Part.ToolResult result : results.only(Part.ToolResult.class)) {
            if (called.contains(result.callId())) {
                known.add(result);
            }
        }
        if (known.isEmpty()) {
            return null;
        }
        return known.size() == results.parts().size()
                ? results
                : new Message(results.role(), known, results.name(), results.createdAt());
    }

    private static InferenceException tooLong(long tokens, Budget budget) {
        return InferenceException.builder(
                        ErrorCategory.CONTEXT_LENGTH,
                        "system turns and prompt have about " + tokens + " tokens; there is room for "
                                + budget.conversation() + " (window " + budget.window() + ", answer " + budget.answer()
                                + ")")
                .origin(ErrorOrigin.CALLER)
                .sent(InferenceException.Sent.NOTHING)
                .build();
    }
}
