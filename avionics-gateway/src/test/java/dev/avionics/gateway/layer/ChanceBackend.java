package dev.avionics.gateway.layer;

import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.RateLimitInfo;
import dev.avionics.airframe.RerankRequest;
import dev.avionics.airframe.RerankResult;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.call.Scheduler;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.spi.BackendAdapter;
import dev.avionics.airframe.spi.TokenEstimator;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.airframe.stream.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A backend that answers, refuses, breaks and hangs by chance, and that keeps a bill of the tokens that it really worked. */
final class ChanceBackend implements BackendAdapter {
    private static final int PIECES = 5;

    private final Scheduler scheduler;
    private final SplittableRandom random;
    private final TokenEstimator tokens;
    private final List<Billed> bill = new ArrayList<>();

    /** One attempt: what it worked, and what it would have worked if it had come to its end. */
    record Billed(InferenceRequest request, long input, long output) {}

    /** A backend that counts its input so. */
    ChanceBackend(Scheduler scheduler, SplittableRandom random, TokenEstimator tokens) {
        this.scheduler = scheduler;
        this.random = random;
        this.tokens = tokens;
    }

    synchronized List<Billed> bill() {
        return List.copyOf(bill);
    }

    private synchronized void bills(InferenceRequest request, long input, long output) {
        bill.add(new Billed(request, input, output));
    }

    private synchronized int chance(int below) {
        return random.nextInt(below);
    }

    @Override
    public Capabilities capabilities(Target target) {
        return Capabilities.unknown();
    }

    @Override
    public InferenceStream<InferenceEvent> infer(Target target, InferenceRequest request, CallContext context) {
        return InferenceStream.from(context, new Answer(target, request));
    }

    /** One answer in pieces, as chance will have it. */
    private final class Answer implements Source {
        private final Target target;
        private final InferenceRequest request;
        private final long input;
        private final long output;
        private final int fate = chance(100);
        private @Nullable Sink sink;
        private Scheduler.@Nullable Handle timer;
        private int piece;
        private boolean over;

        Answer(Target target, InferenceRequest request) {
            this.target = target;
            this.request = request;
            // As this vendor counts: three tokens around a turn, and three for the answer to begin.
            input = 6 + tokens.estimate(request.messages().get(0).text());
            int most = request.sampling().maxTokens();
            output = Math.max(PIECES, most * (60L + chance(41)) / 100);
        }

        @Override
        public void start(Sink to) {
            sink = to;
            later();
        }

        private synchronized void later() {
            if (!over) {
                timer = scheduler.schedule(this::next, Duration.ofMillis(10 + chance(300)));
            }
        }

        private void next() {
            synchronized (this) {
                if (over) {
                    return;
                }
                if (piece == 0 && fate < 35) {
                    over = true;
                }
            }
            Sink to = sink;
            if (piece == 0 && fate < 35) {
                to.fail(breaks());
                return;
            }
            if (piece == 0) {
                to.event(new InferenceEvent.Started(target, 1, RateLimitInfo.none(), List.of()));
            }
            piece++;
            to.event(new InferenceEvent.TextDelta("piece " + piece));
            if (piece < PIECES) {
                to.flushPoint();
                later();
                return;
            }
            synchronized (this) {
                if (over) {
                    return;
                }
                over = true;
            }
            bills(request, input, output);
            Usage usage = fate < 45
                    ? Usage.absent()
                    : Usage.builder()
                            .inputUncached(TokenCount.known(input))
                            .output(TokenCount.known(output))
                            .build();
            to.event(new InferenceEvent.Completed(FinishReason.STOP, "stop", usage, null, null));
        }

        private InferenceException breaks() {
            if (fate < 10) {
                return InferenceException.of(ErrorCategory.OVERLOADED, "busy");
            }
            if (fate < 15) {
                return InferenceException.builder(ErrorCategory.CONNECTION, "refused")
                        .sent(InferenceException.Sent.NOTHING)
                        .build();
            }
            // It has read the request, and tells nobody.
            bills(request, input, 0);
            return fate < 25
                    ? InferenceException.of(ErrorCategory.SERVER_ERROR, "broken")
                    : InferenceException.of(ErrorCategory.CONNECTION, "cut");
        }

        @Override
        public void request(long n) {}

        @Override
        public void cancel(CancelReason why) {
            synchronized (this) {
                if (over) {
                    return;
                }
                over = true;
                if (timer != null) {
                    timer.cancel();
                }
            }
            bills(request, input, output * piece / PIECES);
        }

        @Override
        public Usage usageSoFar() {
            return piece == 0 ? Usage.absent() : Usage.estimated(input, output * piece / PIECES);
        }
    }

    @Override
    public CompletableFuture<HealthState> health(Target target, CallContext context) {
        return unsupported();
    }

    @Override
    public CompletableFuture<List<ModelInfo>> models(Target target, CallContext context) {
        return unsupported();
    }

    @Override
    public CompletableFuture<EmbeddingResult> embed(Target target, EmbeddingRequest request, CallContext context) {
        return unsupported();
    }

    @Override
    public CompletableFuture<RerankResult> rerank(Target target, RerankRequest request, CallContext context) {
        return unsupported();
    }

    private static <T> CompletableFuture<T> unsupported() {
        return CompletableFuture.failedFuture(InferenceException.of(ErrorCategory.UNSUPPORTED, "only answers"));
    }

    @Override
    public void close() {}
}
