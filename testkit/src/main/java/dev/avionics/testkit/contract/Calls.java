package dev.avionics.testkit.contract;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.RerankRequest;
import dev.avionics.airframe.RerankResult;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CallObserver;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.EventCursor;
import dev.avionics.airframe.stream.InferenceStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Calls of one case, consumed in each of the ways there are. */
final class Calls {
    /** No case takes that long, however slow the machine. */
    private static final Duration MOST = Duration.ofSeconds(120);

    private final @Nullable Airframe airframe;

    Calls(@Nullable Airframe airframe) {
        this.airframe = airframe;
    }

    Airframe airframe() {
        Airframe open = airframe;
        if (open == null) {
            throw new IllegalStateException("no case runs");
        }
        return open;
    }

    InferenceStream<InferenceEvent> infer(Target target, InferenceRequest request) {
        return airframe().infer(target, request, airframe().newCall());
    }

    InferenceStream<InferenceEvent> infer(Target target, InferenceRequest request, Runnable committed) {
        CallContext context = airframe().newCall().observedBy(new CallObserver() {
            @Override
            public void committed(int number, Target to) {
                committed.run();
            }
        });
        return airframe().infer(target, request, context);
    }

    InferenceStream<InferenceEvent> inferWithin(Target target, InferenceRequest request, Duration total) {
        return airframe().infer(target, request, airframe().newCall().withTotal(total));
    }

    InferenceResult answer(Target target, InferenceRequest request) {
        return get(infer(target, request).collect());
    }

    /** The result, or the error in its place, also when the call is refused at once. */
    Object resultOrFailure(Target target, InferenceRequest request) {
        try {
            return valueOrFailure(infer(target, request).collect());
        } catch (InferenceException refused) {
            return refused;
        }
    }

    /** What a future comes to, or the error in its place. */
    static Object valueOrFailure(CompletableFuture<?> future) {
        try {
            return future.get(MOST.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            return e.getCause() instanceof InferenceException why ? why : e;
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("no end", e);
        }
    }

    CompletableFuture<EmbeddingResult> embed(Target target, List<String> texts) {
        return airframe()
                .embed(
                        target,
                        new EmbeddingRequest(texts, null, null, Map.of()),
                        airframe().newCall());
    }

    CompletableFuture<RerankResult> rerank(
            Target target, String query, List<String> documents, @Nullable Integer topN) {
        return airframe()
                .rerank(
                        target,
                        new RerankRequest(query, documents, topN),
                        airframe().newCall());
    }

    List<InferenceEvent> events(InferenceStream<InferenceEvent> stream) {
        List<InferenceEvent> events = new ArrayList<>();
        try (EventCursor<InferenceEvent> cursor = stream.open()) {
            cursor.forEachRemaining(events::add);
        }
        return events;
    }

    /** The events as a subscriber gets them that asks for one at a time. */
    List<InferenceEvent> delivered(InferenceStream<InferenceEvent> stream) {
        List<InferenceEvent> events = new ArrayList<>();
        CompletableFuture<List<InferenceEvent>> all = new CompletableFuture<>();
        stream.subscribe(new Reader(all) {
            @Override
            void take(InferenceEvent event, Flow.Subscription subscription) {
                events.add(event);
                subscription.request(1);
            }

            @Override
            public void onComplete() {
                all.complete(events);
            }
        });
        return get(all);
    }

    /** Returns when the first text was delivered, and the subscription cancelled with it. */
    void subscribeAndCancelAtFirstText(InferenceStream<InferenceEvent> stream) {
        CompletableFuture<Void> cancelled = new CompletableFuture<>();
        stream.subscribe(new Reader(cancelled) {
            @Override
            void take(InferenceEvent event, Flow.Subscription subscription) {
                if (event instanceof InferenceEvent.TextDelta) {
                    subscription.cancel();
                    cancelled.complete(null);
                } else {
                    subscription.request(1);
                }
            }

            @Override
            public void onComplete() {
                cancelled.completeExceptionally(new AssertionError("the answer ended before it was cancelled"));
            }
        });
        get(cancelled);
    }

    void cancel(InferenceStream<InferenceEvent> stream) {
        stream.cancel(CancelReason.CALLER);
    }

    static void readToFirstText(EventCursor<InferenceEvent> cursor) {
        while (!(cursor.next() instanceof InferenceEvent.TextDelta)) {
            // Started, or thinking.
        }
    }

    static String textOf(List<InferenceEvent> events) {
        StringBuilder text = new StringBuilder();
        for (InferenceEvent event : events) {
            if (event instanceof InferenceEvent.TextDelta delta) {
                text.append(delta.text());
            }
        }
        return text.toString();
    }

    InferenceException failure(EventCursor<InferenceEvent> cursor) {
        try {
            cursor.forEachRemaining(event -> {});
        } catch (InferenceException why) {
            return why;
        }
        throw new AssertionError("the answer came to its end");
    }

    InferenceException failure(CompletableFuture<?> future) {
        Object value;
        try {
            value = future.get(MOST.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof InferenceException why) {
                return why;
            }
            throw new AssertionError("not an InferenceException", e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("no failure", e);
        }
        throw new AssertionError("it succeeded: " + value);
    }

    static <T> T get(CompletableFuture<T> future) {
        try {
            return future.get(MOST.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("it failed: " + e.getCause(), e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("no end", e);
        }
    }

    static double cosine(float[] a, float[] b) {
        double product = 0;
        for (int i = 0; i < a.length; i++) {
            product += (double) a[i] * b[i];
        }
        return product / (length(a) * length(b));
    }

    static double length(float[] vector) {
        double sum = 0;
        for (float value : vector) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum);
    }

    private abstract static class Reader implements Flow.Subscriber<InferenceEvent> {
        private final CompletableFuture<?> result;
        private Flow.@Nullable Subscription subscription;

        Reader(CompletableFuture<?> result) {
            this.result = result;
        }

        abstract void take(InferenceEvent event, Flow.Subscription from);

        @Override
        public void onSubscribe(Flow.Subscription from) {
            subscription = from;
            from.request(1);
        }

        @Override
        public void onNext(InferenceEvent event) {
            Flow.Subscription from = subscription;
            if (from == null) {
                throw new IllegalStateException("onNext before onSubscribe");
            }
            take(event, from);
        }

        @Override
        public void onError(Throwable error) {
            result.completeExceptionally(error);
        }
    }
}
