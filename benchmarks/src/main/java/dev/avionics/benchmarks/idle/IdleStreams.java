package dev.avionics.benchmarks.idle;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.http.TransportOptions;
import dev.avionics.airframe.spi.CredentialSource;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Streams that are open at the same time, and what came on them. */
final class IdleStreams {
    private final CountDownLatch first;
    private final CountDownLatch second;
    private final CountDownLatch over;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    private IdleStreams(int count) {
        first = new CountDownLatch(count);
        second = new CountDownLatch(count);
        over = new CountDownLatch(count);
    }

    /** An airframe that can have that many streams open to one endpoint. */
    static Airframe airframe(int streams) {
        return Airframe.builder()
                .transportOptions(
                        TransportOptions.builder().maxConnections(streams).build())
                .build();
    }

    static Target target(URI upstream) {
        EndpointSpec endpoint = EndpointSpec.builder("upstream", upstream, BackendKind.OPENAI_CHAT)
                .credentials(CredentialSource.key(Secret.of("key-of-the-benchmark")))
                .build();
        return new Target(endpoint, "m");
    }

    /** Opens the streams, all at once. */
    static IdleStreams open(Airframe airframe, Target target, int count) {
        IdleStreams streams = new IdleStreams(count);
        InferenceRequest request = InferenceRequest.builder()
                .message(Message.system("You are a helpful assistant."))
                .message(Message.user("Tell me a long story."))
                .build();
        for (int i = 0; i < count; i++) {
            airframe.infer(target, request, airframe.newCall()).subscribe(streams.new Reader());
        }
        return streams;
    }

    /** Waits until every stream has had its first piece of text. */
    void awaitFirst(Duration atMost) {
        await(first, "a first piece of text", atMost);
    }

    /** Waits until every stream has had its second piece of text. */
    void awaitSecond(Duration atMost) {
        await(second, "a second piece of text", atMost);
    }

    /** Waits until every stream has ended well. */
    void awaitEnd(Duration atMost) {
        await(over, "an end", atMost);
    }

    private void await(CountDownLatch latch, String what, Duration atMost) {
        boolean there;
        try {
            there = latch.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        Throwable broken = failure.get();
        if (broken != null) {
            throw new IllegalStateException("a stream broke: " + broken.getMessage(), broken);
        }
        if (!there) {
            throw new IllegalStateException(
                    latch.getCount() + " streams have not had " + what + " after " + atMost.toSeconds() + " s");
        }
    }

    private final class Reader implements Flow.Subscriber<InferenceEvent> {
        private int pieces;

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(InferenceEvent event) {
            if (event instanceof InferenceEvent.TextDelta) {
                pieces++;
                (pieces == 1 ? first : second).countDown();
            }
        }

        @Override
        public void onError(Throwable error) {
            failure.compareAndSet(null, error);
            while (first.getCount() > 0 || second.getCount() > 0 || over.getCount() > 0) {
                first.countDown();
                second.countDown();
                over.countDown();
            }
        }

        @Override
        public void onComplete() {
            over.countDown();
        }
    }
}
