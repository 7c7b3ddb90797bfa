package dev.avionics.llm.service;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** One subscriber and the events that it has not taken yet. */
final class Subscriber<E extends BusEvent> implements EventBus.Subscription {
    private final EventBus bus;
    private final Class<E> kind;
    private final Consumer<? super E> handler;
    private final Predicate<? super E> filter;
    final int priority;
    private final boolean once;
    final String name;
    private final Deque<E> mailbox = new ArrayDeque<>();
    private boolean running;
    private int missed;
    private volatile boolean active = true;

    Subscriber(EventBus.SubscriptionBuilder<E> builder, Consumer<? super E> handler) {
        bus = builder.bus;
        kind = builder.kind;
        this.handler = handler;
        filter = builder.filter;
        priority = builder.priority;
        once = builder.once;
        name = builder.name.isEmpty() ? kind.getSimpleName() : builder.name;
    }

    /** Queues an event of the right kind. */
    boolean offer(BusEvent event) {
        if (!kind.isInstance(event)) {
            return false;
        }
        synchronized (mailbox) {
            mailbox.add(kind.cast(event));
        }
        return true;
    }

    /** Asks for a turn: there are as many turns as events, so that several subscribers on one thread take turns. */
    void schedule(BusEvent event) {
        try {
            bus.execute(this::turn);
        } catch (RuntimeException refused) {
            synchronized (mailbox) {
                mailbox.removeLastOccurrence(event);
            }
            bus.died(event, this, refused);
        }
    }

    private void turn() {
        while (true) {
            E next;
            synchronized (mailbox) {
                if (running) {
                    // The thread that is at it takes this turn too.
                    missed++;
                    return;
                }
                next = mailbox.poll();
                if (next == null) {
                    return;
                }
                running = true;
            }
            handle(next);
            synchronized (mailbox) {
                running = false;
                if (missed == 0) {
                    return;
                }
                missed--;
            }
        }
    }

    private void handle(E event) {
        try {
            if (!active || !filter.test(event)) {
                return;
            }
            if (once) {
                close();
            }
            handler.accept(event);
            bus.delivered();
        } catch (Throwable e) {
            bus.died(event, this, e);
        }
    }

    /** For a subscriber that came too late. */
    Subscriber<E> ended() {
        active = false;
        return this;
    }

    @Override
    public boolean isActive() {
        return active;
    }

    @Override
    public void close() {
        active = false;
        bus.remove(this);
    }
}
