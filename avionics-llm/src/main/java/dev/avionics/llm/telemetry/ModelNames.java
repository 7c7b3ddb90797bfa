package dev.avionics.llm.telemetry;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The names of models that metrics tell apart: callers choose names, and must not be able to choose how many series there are.
 * Thread-safe.
 */
final class ModelNames {
    private static final int MOST_KNOWN = 1000;

    /** Names that one model answers under: its own, and a dated one. */
    private static final int MOST_ANSWERS = 2;

    private final int limit;
    private final Map<String, Set<String>> names = new ConcurrentHashMap<>();
    private int admitted;
    private int known;

    ModelNames(int limit, Set<String> known) {
        this.limit = limit;
        known.forEach(this::know);
    }

    /** The operator's own names are told apart whatever callers ask for. */
    void know(String name) {
        if (names.containsKey(name)) {
            return;
        }
        synchronized (this) {
            if (known < MOST_KNOWN && names.putIfAbsent(name, ConcurrentHashMap.newKeySet()) == null) {
                known++;
            }
        }
    }

    /** A backend has answered under the name. */
    void answered(String name) {
        if (names.containsKey(name)) {
            return;
        }
        synchronized (this) {
            if (admitted < limit && names.putIfAbsent(name, ConcurrentHashMap.newKeySet()) == null) {
                admitted++;
            }
        }
    }

    /** The name as metrics have it. */
    String shown(String name) {
        return names.containsKey(name) ? name : Names.OTHER;
    }

    /** The name that a model answered under, as metrics have it. */
    String shownAnswer(String requested, String answering) {
        Set<String> answers = names.get(requested);
        if (answers == null) {
            return Names.OTHER;
        }
        if (answers.contains(answering)) {
            return answering;
        }
        synchronized (answers) {
            if (answers.contains(answering)) {
                return answering;
            }
            if (answers.size() < MOST_ANSWERS) {
                answers.add(answering);
                return answering;
            }
            return Names.OTHER;
        }
    }
}
