package dev.avionics.benchmarks.routing;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A node that answers four calls at a time and has the others wait in their order. It holds the last 1024 blocks of prompts and
 * answers; a block of a prompt that it does not hold takes 20 ms, a block of an answer 1.2 s.
 */
final class SimulatedNode {
    static final int PARALLEL = 4;
    static final int CACHED_BLOCKS = 1024;
    static final long READ_NANOS = 20_000_000L;
    static final long WRITE_NANOS = 1_200_000_000L;

    /** One call as the node has it. */
    static final class Work {
        final Call call;
        int cached;
        long startedAt = -1;
        EventLoop.Handle end;

        Work(Call call) {
            this.call = call;
            end = () -> {};
        }
    }

    private final EventLoop time;
    private final BlockCache cache = new BlockCache(CACHED_BLOCKS);
    private final Deque<Work> waiting = new ArrayDeque<>();
    private final List<Work> running = new ArrayList<>(PARALLEL);
    boolean alive = true;
    long busyNanos;

    SimulatedNode(EventLoop time) {
        this.time = time;
    }

    int calls() {
        return running.size() + waiting.size();
    }

    void take(Call call) {
        Work work = new Work(call);
        if (running.size() < PARALLEL) {
            start(work);
        } else {
            waiting.add(work);
        }
    }

    private void start(Work work) {
        running.add(work);
        work.startedAt = time.nanoTime();
        long[] prompt = work.call.conversation.prompt();
        while (work.cached < prompt.length && cache.holds(prompt[work.cached])) {
            work.cached++;
        }
        keep(prompt, 0);
        long read = (prompt.length - work.cached) * READ_NANOS + READ_NANOS;
        long write = (work.call.conversation.withAnswer().length - prompt.length) * WRITE_NANOS;
        work.end = time.after(read, () -> {
            work.call.firstToken(work.cached, work.startedAt);
            work.end = time.after(write, () -> end(work));
        });
    }

    private void keep(long[] blocks, int from) {
        // From the end, so that of one prompt the end goes first.
        for (int i = blocks.length - 1; i >= from; i--) {
            cache.use(blocks[i]);
        }
    }

    private void end(Work work) {
        running.remove(work);
        busyNanos += time.nanoTime() - work.startedAt;
        keep(work.call.conversation.withAnswer(), work.call.conversation.prompt().length);
        if (!waiting.isEmpty()) {
            start(waiting.remove());
        }
        work.call.ended();
    }

    /** Dies with all that it has; gives the calls that it did not answer. */
    List<Call> die() {
        alive = false;
        List<Call> lost = new ArrayList<>();
        for (Work work : running) {
            work.end.cancel();
            busyNanos += time.nanoTime() - work.startedAt;
            lost.add(work.call);
        }
        waiting.forEach(work -> lost.add(work.call));
        running.clear();
        waiting.clear();
        return lost;
    }
}
