package dev.avionics.gateway;

import dev.avionics.airframe.AnswerTokens;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.spi.TokenEstimator;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.airframe.stream.Source;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One attempt whose content is noted, so that another target can go on with it. Gives the failure the tokens that it cost, and makes a
 * good end of one that came when all tokens were there that the answer might have.
 */
final class DeliveryWatch implements Source, Source.Sink {
    private final Source inner;
    private final InferenceRequest question;
    private final Delivered.Part part;
    private final @Nullable Seam seam;
    private final @Nullable Integer limit;
    private volatile @Nullable Sink out;
    private boolean over;

    /**
     * An attempt that was not started yet.
     *
     * @param question what it is asked
     * @param part is told what it gives
     * @param seam where its text goes on behind another's; null for the first part
     */
    DeliveryWatch(
            InferenceStream<InferenceEvent> answer,
            InferenceRequest question,
            Delivered.Part part,
            @Nullable Seam seam) {
        inner = InferenceStream.sourceOf(answer);
        this.question = question;
        this.part = part;
        this.seam = seam;
        limit = question.sampling().maxTokens();
    }

    private Sink out() {
        Sink known = out;
        if (known == null) {
            throw new IllegalStateException("not started");
        }
        return known;
    }

    @Override
    public void start(Sink sink) {
        out = sink;
        inner.start(this);
    }

    @Override
    public void request(long n) {
        inner.request(n);
    }

    @Override
    public void cancel(CancelReason why) {
        inner.cancel(why);
    }

    @Override
    public void resumed() {
        inner.resumed();
    }

    @Override
    public Usage usageSoFar() {
        return inner.usageSoFar();
    }

    @Override
    public void event(InferenceEvent event) {
        if (over) {
            return;
        }
        if (event instanceof InferenceEvent.TextDelta text) {
            text(text);
        } else if (event instanceof InferenceEvent.VendorNote note) {
            Optional<AnswerTokens> tokens = AnswerTokens.of(note.data());
            if (tokens.isPresent()) {
                part.tokens(tokens.get());
                // The reader asked for an event, and this is none of its.
                inner.request(1);
            } else {
                out().event(event);
            }
        } else if (event instanceof InferenceEvent.Completed) {
            String rest = seam == null ? null : seam.rest();
            if (rest != null) {
                deliver(new InferenceEvent.TextDelta(rest));
            }
            over = true;
            out().event(event);
        } else {
            if (event instanceof InferenceEvent.ThinkingDelta) {
                part.other("thinking");
            } else if (event instanceof InferenceEvent.RefusalDelta) {
                part.other("a refusal");
            } else if (event.commits()) {
                part.other("tool calls or parts of its vendor's");
            }
            out().event(event);
        }
    }

    private void text(InferenceEvent.TextDelta text) {
        if (seam == null) {
            deliver(text);
            return;
        }
        String passed = seam.pass(text.text());
        if (seam.isStopped()) {
            Usage usage = inner.usageSoFar();
            end(FinishReason.STOP, usage);
            inner.cancel(CancelReason.SUPERSEDED);
        } else if (passed == null) {
            inner.request(1);
        } else {
            deliver(passed.length() == text.text().length() ? text : new InferenceEvent.TextDelta(passed));
        }
    }

    private void deliver(InferenceEvent.TextDelta text) {
        part.text(text.text());
        out().event(text);
    }

    private void end(FinishReason finish, Usage known) {
        over = true;
        out().event(new InferenceEvent.Completed(finish, null, atLeast(known), null, null));
    }

    /** These tokens, with a guess where nobody told them. */
    private Usage atLeast(Usage known) {
        if (part.isEmpty() || known.outputTotal().isPresent()) {
            return known;
        }
        long input = InputEstimate.of(question, TokenEstimator.CHARS_PER_TOKEN);
        return known.toBuilder()
                .inputTotal(known.inputTotal().isPresent() ? known.inputTotal() : TokenCount.estimated(input))
                .output(TokenCount.estimated(Math.max(1, part.tokens())))
                .build();
    }

    @Override
    public void flushPoint() {
        out().flushPoint();
    }

    @Override
    public void fail(InferenceException why) {
        if (over) {
            return;
        }
        Integer most = limit;
        if (most != null && most > 0 && part.isCounted() && part.tokens() >= most) {
            // Nothing but the end is missing.
            end(FinishReason.LENGTH, why.usage());
            return;
        }
        over = true;
        Usage usage = atLeast(why.usage());
        out().fail(usage.equals(why.usage()) ? why : described(why, usage));
    }

    private static InferenceException described(InferenceException why, Usage usage) {
        InferenceException more = why.toBuilder().usage(usage).build();
        more.setStackTrace(why.getStackTrace());
        for (Throwable behind : why.getSuppressed()) {
            more.addSuppressed(behind);
        }
        return more;
    }

    @Override
    public boolean readerWaits() {
        Sink known = out;
        return known == null || known.readerWaits();
    }
}
