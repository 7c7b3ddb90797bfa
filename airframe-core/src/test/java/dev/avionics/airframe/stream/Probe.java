package dev.avionics.airframe.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A subscriber that writes down what it is told and complains when it is told two things at once. */
class Probe<E> implements Flow.Subscriber<E> {
    final CountDownLatch over = new CountDownLatch(1);
    final AtomicInteger terminals = new AtomicInteger();
    final List<Thread> threads = new ArrayList<>();
    volatile @Nullable Throwable error;
    volatile boolean completed;
    volatile Flow.@Nullable Subscription subscription;
    private final List<E> elements = new ArrayList<>();
    private final AtomicInteger inside = new AtomicInteger();
    private final List<String> offences = new ArrayList<>();
    private final long first;
    private final BiConsumer<Probe<E>, E> onNext;

    /** Asks for everything. */
    Probe() {
        this(Long.MAX_VALUE);
    }

    Probe(long first) {
        this(first, (probe, element) -> {});
    }

    Probe(long first, BiConsumer<Probe<E>, E> onNext) {
        this.first = first;
        this.onNext = onNext;
    }

    /** One after the other. */
    static <E> Probe<E> oneByOne() {
        return new Probe<>(1, (probe, element) -> probe.request(1));
    }

    void request(long n) {
        subscription().request(n);
    }

    void cancel() {
        subscription().cancel();
    }

    Flow.Subscription subscription() {
        Flow.Subscription mine = subscription;
        if (mine == null) {
            throw new AssertionError("no subscription");
        }
        return mine;
    }

    synchronized List<E> elements() {
        return List.copyOf(elements);
    }

    /** What was told against the rules. */
    synchronized List<String> offences() {
        return List.copyOf(offences);
    }

    void awaitEnd() throws InterruptedException {
        if (!over.await(20, TimeUnit.SECONDS)) {
            throw new AssertionError("no end after " + elements().size() + " elements");
        }
    }

    private void enter(String signal) {
        if (inside.getAndIncrement() != 0) {
            offend(signal + " while another signal was going on");
        }
        if (terminals.get() > 0) {
            offend(signal + " after the end");
        }
        synchronized (this) {
            threads.add(Thread.currentThread());
        }
    }

    private synchronized void offend(String what) {
        offences.add(what);
    }

    @Override
    public void onSubscribe(Flow.Subscription mine) {
        enter("onSubscribe");
        subscription = mine;
        if (first > 0) {
            mine.request(first);
        }
        inside.decrementAndGet();
    }

    @Override
    public void onNext(E element) {
        enter("onNext");
        synchronized (this) {
            elements.add(element);
        }
        try {
            onNext.accept(this, element);
        } finally {
            inside.decrementAndGet();
        }
    }

    @Override
    public void onError(Throwable why) {
        enter("onError");
        error = why;
        terminals.incrementAndGet();
        inside.decrementAndGet();
        over.countDown();
    }

    @Override
    public void onComplete() {
        enter("onComplete");
        completed = true;
        terminals.incrementAndGet();
        inside.decrementAndGet();
        over.countDown();
    }
}
