package dev.avionics.llm.service;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The things that were added last. Thread-safe. */
final class Bounded<T> {
    private final int most;
    private final Deque<T> kept = new ArrayDeque<>();

    Bounded(int most) {
        this.most = most;
    }

    synchronized void add(T one) {
        kept.add(one);
        if (kept.size() > most) {
            kept.remove();
        }
    }

    /** The oldest first. */
    synchronized List<T> all() {
        return List.copyOf(kept);
    }
}
