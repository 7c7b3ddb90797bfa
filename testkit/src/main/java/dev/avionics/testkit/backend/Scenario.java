package dev.avionics.testkit.backend;

import static java.util.Objects.requireNonNull;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The replies of a backend and the requests that they answer.
 *
 * <p>A request takes its reply from the first rule ({@link #when}, {@link #always}) that matches it and has one left,
 * else from the queue of {@link #then}, else from {@link #otherwise}. A request that finds nothing is answered with a
 * 501 that says so, and {@link SimulatedBackend#close()} fails.
 *
 * <p>May be changed while the backend runs, from any thread. Conditions see a request when it was read whole; those of a
 * reply that begins {@linkplain Reply#early() early} see it without its body, and such a reply is given before rules that
 * have to wait for the body are asked.
 */
public final class Scenario {
    private record Rule(Predicate<? super SeenRequest> condition, Deque<Reply> replies, boolean repeats) {
        @Nullable
        Reply peek(SeenRequest request) {
            Reply next = replies.peek();
            return next != null && condition.test(request) ? next : null;
        }

        void take() {
            if (!repeats) {
                replies.remove();
            }
        }
    }

    private final Object lock = new Object();
    private final List<Rule> rules = new ArrayList<>();
    private final Rule queue = new Rule(request -> true, new ArrayDeque<>(), false);
    private @Nullable Function<? super SeenRequest, Reply> rest;

    private Scenario() {}

    /** Returns a scenario without replies. */
    public static Scenario create() {
        return new Scenario();
    }

    /** Returns a scenario that gives these replies in order, each once. */
    public static Scenario of(Reply... replies) {
        return create().then(replies);
    }

    /** Returns a scenario that gives one reply to every request. */
    public static Scenario repeating(Reply reply) {
        requireNonNull(reply, "reply");
        return create().otherwise(request -> reply);
    }

    /** Adds replies to the queue; each is given once. */
    public Scenario then(Reply... replies) {
        List<Reply> more = List.copyOf(Arrays.asList(replies));
        synchronized (lock) {
            queue.replies.addAll(more);
        }
        return this;
    }

    /** Adds replies for the requests that meet the condition, in order, each given once. */
    public Scenario when(Predicate<? super SeenRequest> condition, Reply... replies) {
        return rule(condition, false, replies);
    }

    /** Adds replies for the requests of the path (without query), in order, each given once. */
    public Scenario whenPath(String path, Reply... replies) {
        requireNonNull(path, "path");
        return when(request -> request.path().equals(path), replies);
    }

    /** Adds replies for the requests whose body in UTF-8 holds the text, in order, each given once. */
    public Scenario whenBodyContains(String text, Reply... replies) {
        requireNonNull(text, "text");
        return when(request -> request.bodyText().contains(text), replies);
    }

    /** Adds one reply for all requests that meet the condition. */
    public Scenario always(Predicate<? super SeenRequest> condition, Reply reply) {
        return rule(condition, true, reply);
    }

    /** Sets the reply for all requests that no rule and no queued reply answers. */
    public Scenario otherwise(Reply reply) {
        requireNonNull(reply, "reply");
        return otherwise(request -> reply);
    }

    /** Sets what answers the requests that no rule and no queued reply answers. It is called on the backend's threads. */
    public Scenario otherwise(Function<? super SeenRequest, Reply> answer) {
        requireNonNull(answer, "answer");
        synchronized (lock) {
            rest = answer;
        }
        return this;
    }

    /** Returns how many replies of {@link #then} and {@link #when} were not given yet. */
    public int repliesLeft() {
        synchronized (lock) {
            return queue.replies.size()
                    + rules.stream()
                            .filter(rule -> !rule.repeats)
                            .mapToInt(rule -> rule.replies.size())
                            .sum();
        }
    }

    private Scenario rule(Predicate<? super SeenRequest> condition, boolean repeats, Reply... replies) {
        requireNonNull(condition, "condition");
        Rule rule = new Rule(condition, new ArrayDeque<>(List.of(replies)), repeats);
        synchronized (lock) {
            rules.add(rule);
        }
        return this;
    }

    /** Takes the reply for a request whose head alone was read, if the one that it would get begins so early. */
    Optional<Reply> takeEarly(SeenRequest request) {
        synchronized (lock) {
            for (Rule rule : rules) {
                Reply next = rule.replies.peek();
                if (next != null && next.start != Reply.Start.REQUEST_COMPLETE && rule.condition.test(request)) {
                    rule.take();
                    return Optional.of(next);
                }
            }
            Reply next = queue.replies.peek();
            if (next != null && next.start != Reply.Start.REQUEST_COMPLETE) {
                // A rule that needs the body may still claim this request; the queue is the less exact match, but the
                // only one that can be told apart before the body is there.
                queue.take();
                return Optional.of(next);
            }
            return Optional.empty();
        }
    }

    /** Takes the reply for a request that was read whole. */
    Optional<Reply> take(SeenRequest request) {
        Function<? super SeenRequest, Reply> answer;
        synchronized (lock) {
            for (Rule rule : rules) {
                Reply next = rule.peek(request);
                if (next != null) {
                    rule.take();
                    return Optional.of(next);
                }
            }
            Reply next = queue.peek(request);
            if (next != null) {
                queue.take();
                return Optional.of(next);
            }
            answer = rest;
        }
        return answer == null ? Optional.empty() : Optional.of(answer.apply(request));
    }
}
