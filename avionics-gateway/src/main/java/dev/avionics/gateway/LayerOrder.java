package dev.avionics.gateway;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The order of the layers, from the outermost in: the only place that says it. A layer of a program's own stands at a place of
 * its choice; of two at one place the one that was added first is further out.
 *
 * <pre>
 * call layers      observe → admission → cache → semantic cache → single flight → concurrency → continuation → attempts
 * attempt layers   account → breaker → pacing → budget → backend
 * </pre>
 */
public final class LayerOrder {
    /** Call layer: statistics, telemetry, callbacks. */
    public static final int OBSERVE = 100;
    /** Call layer: rates of the key and of the agent, and whether the caller may spend. */
    public static final int ADMISSION = 200;
    /** Call layer: answers that are known. */
    public static final int CACHE = 300;
    /** Call layer: answers to the same question in other words. */
    public static final int SEMANTIC_CACHE = 350;
    /** Call layer: identical calls in the air make one. */
    public static final int SINGLE_FLIGHT = 400;
    /** Call layer: how many calls of the agent run at once. */
    public static final int CONCURRENCY = 500;
    /** Call layer: what happens when an answer breaks off. */
    public static final int CONTINUATION = 600;

    /** Attempt layer: what the attempt used and cost. */
    public static final int ACCOUNT = 100;
    /** Attempt layer: targets that fail are left alone for a while. */
    public static final int BREAKER = 200;
    /** Attempt layer: rates and concurrency of the target. */
    public static final int PACING = 300;
    /** Attempt layer: money is reserved, settled, released. */
    public static final int BUDGET = 400;

    private LayerOrder() {}

    /**
     * A layer and where it stands.
     *
     * @param place smaller is further out; between {@link #OBSERVE} and {@link #ADMISSION}, say, 150
     */
    public record Placed<L>(int place, L layer) {
        public Placed {
            requireNonNull(layer, "layer");
        }
    }

    /** The layers from the outermost in. */
    static <L> List<L> sorted(List<Placed<L>> placed) {
        List<Placed<L>> sorted = new ArrayList<>(placed);
        // Stable: of two at one place the first stays first.
        sorted.sort(Comparator.comparingInt(Placed::place));
        return sorted.stream().map(Placed::layer).toList();
    }
}
