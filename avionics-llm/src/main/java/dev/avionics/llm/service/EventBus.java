package dev.avionics.llm.service;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries events from those who publish them to those who subscribed to their kind. Thread-safe.
 *
 * <p>Publishing never waits for a handler: handlers run on the bus's executor, by default one daemon thread that ends when
 * it has nothing to do. Each subscriber gets its events one after the other, in the order in which they were published; of
 * several for one event the higher priority is handed over first, and on one thread it runs first as well. A handler that
 * throws stops nobody: the event and what was thrown become a {@link DeadLetter}.
 */
public final class EventBus implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventBus.class);

    private final Executor executor;
    private final @Nullable ExecutorService ownExecutor;
    private final Clock clock;
    private final Bounded<BusEvent> history;
    private final Bounded<DeadLetter> deadLetters;
    private final List<CompletableFuture<?>> waiting = new CopyOnWriteArrayList<>();
    private final AtomicLong published = new AtomicLong();
    private final AtomicLong delivered = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final Object lock = new Object();
    private volatile List<Subscriber<?>> subscribers = List.of();
    private boolean closed;

    /**
     * An event that a handler did not manage.
     *
     * @param event the event
     * @param subscription the subscriber's name
     * @param error what was thrown
     * @param at when
     */
    public record DeadLetter(BusEvent event, String subscription, Throwable error, Instant at) {
        public DeadLetter {
            requireNonNull(event, "event");
            requireNonNull(subscription, "subscription");
            requireNonNull(error, "error");
            requireNonNull(at, "at");
        }
    }

    /**
     * What the bus has done.
     *
     * @param published events that were published
     * @param delivered events that a handler took, once for each handler
     * @param failed events that a handler threw at, once for each handler
     * @param subscribers how many there are now
     * @param deadLetters how many are kept
     */
    public record Stats(long published, long delivered, long failed, int subscribers, int deadLetters) {}

    /** A subscription; closing it ends it. */
    public interface Subscription extends AutoCloseable {
        /** Whether events still come. */
        boolean isActive();

        /** Ends it: no handler begins after this has returned, but one that runs goes on. Any number of times. */
        @Override
        void close();
    }

    private EventBus(Builder builder) {
        clock = builder.clock;
        history = new Bounded<>(builder.history);
        deadLetters = new Bounded<>(builder.deadLetters);
        if (builder.executor == null) {
            ownExecutor = oneThread();
            executor = ownExecutor;
        } else {
            ownExecutor = null;
            executor = builder.executor;
        }
    }

    private static ExecutorService oneThread() {
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "avionics-events");
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** A bus with all defaults. */
    public static EventBus create() {
        return builder().build();
    }

    /** A builder with all defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Hands every event of a kind to a handler, until the subscription is closed. */
    public <E extends BusEvent> Subscription subscribe(Class<E> kind, Consumer<? super E> handler) {
        return subscription(kind).handle(handler);
    }

    /**
     * Begins a subscription with options.
     *
     * @param kind the class of the events, or an interface that they have in common
     */
    public <E extends BusEvent> SubscriptionBuilder<E> subscription(Class<E> kind) {
        return new SubscriptionBuilder<>(this, kind);
    }

    private <E extends BusEvent> Subscription add(Subscriber<E> subscriber) {
        synchronized (lock) {
            if (closed) {
                return subscriber.ended();
            }
            List<Subscriber<?>> sorted = new ArrayList<>(subscribers);
            sorted.add(subscriber);
            // Stable: those of one priority stay in the order in which they came.
            sorted.sort((a, b) -> Integer.compare(b.priority, a.priority));
            subscribers = List.copyOf(sorted);
        }
        return subscriber;
    }

    void remove(Subscriber<?> subscriber) {
        synchronized (lock) {
            subscribers =
                    subscribers.stream().filter(each -> each != subscriber).toList();
        }
    }

    /** Ends a subscription; the same as {@link Subscription#close()}. */
    public void unsubscribe(Subscription subscription) {
        subscription.close();
    }

    /** Publishes an event and returns at once. After {@link #close()} it does nothing. */
    public void publish(BusEvent event) {
        requireNonNull(event, "event");
        List<Subscriber<?>> takers = new ArrayList<>();
        synchronized (lock) {
            // One event after the other, so that all subscribers see the same order.
            if (closed) {
                return;
            }
            published.incrementAndGet();
            history.add(event);
            for (Subscriber<?> subscriber : subscribers) {
                if (subscriber.offer(event)) {
                    takers.add(subscriber);
                }
            }
        }
        // Whatever the executor does, it does without the lock.
        takers.forEach(subscriber -> subscriber.schedule(event));
    }

    /** The next event of a kind; see {@link #waitFor(Class, Predicate)}. */
    public <E extends BusEvent> CompletableFuture<E> waitFor(Class<E> kind) {
        return waitFor(kind, event -> true);
    }

    /**
     * The next event of a kind that a condition holds for.
     *
     * @return completes on the bus's executor; is cancelled when the bus is closed, and cancelling it ends the wait
     */
    public <E extends BusEvent> CompletableFuture<E> waitFor(Class<E> kind, Predicate<? super E> condition) {
        CompletableFuture<E> next = new CompletableFuture<>();
        waiting.add(next);
        Subscription subscription =
                subscription(kind).filter(condition).once().named("waitFor").handle(next::complete);
        next.whenComplete((event, error) -> {
            waiting.remove(next);
            subscription.close();
        });
        boolean late;
        synchronized (lock) {
            late = closed;
        }
        if (late) {
            next.cancel(false);
        }
        return next;
    }

    /** The events that were published last, the oldest first. */
    public List<BusEvent> history() {
        return history.all();
    }

    /** As {@link #history()}, of one kind only. */
    public <E extends BusEvent> List<E> history(Class<E> kind) {
        return history.all().stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** The events that handlers threw at last, the oldest first. */
    public List<DeadLetter> deadLetters() {
        return deadLetters.all();
    }

    /** What was done up to now. */
    public Stats stats() {
        return new Stats(
                published.get(),
                delivered.get(),
                failed.get(),
                subscribers.size(),
                deadLetters.all().size());
    }

    void execute(Runnable turn) {
        executor.execute(turn);
    }

    void delivered() {
        delivered.incrementAndGet();
    }

    void died(BusEvent event, Subscriber<?> subscriber, Throwable error) {
        failed.incrementAndGet();
        deadLetters.add(new DeadLetter(event, subscriber.name, error, clock.instant()));
        LOG.warn(
                "event_handler_error subscription={} event={}",
                subscriber.name,
                event.getClass().getSimpleName(),
                error);
    }

    /**
     * Takes no more events and cancels what {@link #waitFor} gave; events that were published before are still handled. Does
     * not wait. An executor that was given stays its owner's.
     */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            subscribers = List.of();
        }
        waiting.forEach(next -> next.cancel(false));
        if (ownExecutor != null) {
            // Each event has its own task in the queue already, so what was published is not lost.
            ownExecutor.shutdown();
        }
    }

    /**
     * Options of one subscription; not thread-safe.
     *
     * @param <E> the events
     */
    public static final class SubscriptionBuilder<E extends BusEvent> {
        final EventBus bus;
        final Class<E> kind;
        Predicate<? super E> filter = event -> true;
        int priority;
        boolean once;
        String name = "";

        private SubscriptionBuilder(EventBus bus, Class<E> kind) {
            this.bus = bus;
            this.kind = requireNonNull(kind, "kind");
        }

        /** Higher ones are handed an event first; default 0. */
        public SubscriptionBuilder<E> priority(int value) {
            priority = value;
            return this;
        }

        /** Hands over only events that a condition holds for; it runs where the handler does. Default all. */
        public SubscriptionBuilder<E> filter(Predicate<? super E> value) {
            filter = requireNonNull(value, "value");
            return this;
        }

        /** Ends the subscription with the first event that is handed over. */
        public SubscriptionBuilder<E> once() {
            once = true;
            return this;
        }

        /** What dead letters and logs call the subscriber; default the kind's simple name. */
        public SubscriptionBuilder<E> named(String value) {
            name = requireNonNull(value, "value");
            return this;
        }

        /** Subscribes; on a closed bus the subscription is not active. */
        public Subscription handle(Consumer<? super E> handler) {
            return bus.add(new Subscriber<>(this, requireNonNull(handler, "handler")));
        }
    }

    /** Builds an {@link EventBus}; not thread-safe. */
    public static final class Builder {
        private @Nullable Executor executor;
        private Clock clock = Clock.systemUTC();
        private int history = 100;
        private int deadLetters = 100;

        private Builder() {}

        /** Runs the handlers; stays its owner's. Default one daemon thread of the bus. */
        public Builder executor(Executor value) {
            executor = requireNonNull(value, "value");
            return this;
        }

        /** Dates the dead letters; default the system's. */
        public Builder clock(Clock value) {
            clock = requireNonNull(value, "value");
            return this;
        }

        /** How many events {@link EventBus#history()} keeps; at least 0, default 100. */
        public Builder history(int most) {
            history = notNegative("history", most);
            return this;
        }

        /** How many {@link EventBus#deadLetters()} are kept; at least 0, default 100. */
        public Builder deadLetters(int most) {
            deadLetters = notNegative("deadLetters", most);
            return this;
        }

        private static int notNegative(String name, int value) {
            if (value < 0) {
                throw new IllegalArgumentException(name + ": " + value + " (expected: >= 0)");
            }
            return value;
        }

        /** Makes the bus; its thread starts with the first event. */
        public EventBus build() {
            return new EventBus(this);
        }
    }
}
