package dev.avionics.airframe.call;

import dev.avionics.airframe.Target;
import dev.avionics.airframe.error.InferenceException;
import java.util.Optional;

/** Where the attempts of one call go. One per call; called serially. {@link Attempts} runs it. */
public interface AttemptPlan {
    /** The first attempt. */
    Attempt first();

    /**
     * What comes after a failure: the same target later, another one, or nothing.
     *
     * @param last the failure with what the rules allow; a plan that goes against them is stopped
     */
    Optional<Attempt> next(Failure last);

    /**
     * Whether {@link #resume} may give something. Asked once, before the first attempt; what is delivered is counted only then.
     * False unless the plan says otherwise.
     */
    default boolean mayResume() {
        return false;
    }

    /**
     * Where an answer goes on that broke off after content of it was delivered, or whose last try to go on failed. That attempt has to
     * give what comes after the content that was delivered, and nothing of it again. It is told to the reader by {@link
     * dev.avionics.airframe.InferenceEvent.Resumed}, and counts against the allowance as any other.
     *
     * @param last the failure; another target is allowed, the same one is not
     * @return an attempt at another target, at once; empty, the default, if the answer has failed
     */
    default Optional<Attempt> resume(Failure last) {
        return Optional.empty();
    }

    /** How many attempts the plan has made beside those that it was asked for. They count against the allowance. None by default. */
    default int aside() {
        return 0;
    }

    /**
     * The error of the whole call, which has failed for good.
     *
     * @param error the last attempt's, with the earlier ones behind it
     * @return that, or another one that says more
     */
    default InferenceException verdict(InferenceException error) {
        return error;
    }

    /** A plan that knows one target only. */
    static AttemptPlan single(Target target) {
        return new AttemptPlan() {
            @Override
            public Attempt first() {
                return Attempt.at(target);
            }

            @Override
            public Optional<Attempt> next(Failure last) {
                return last.sameAllowed() ? Optional.of(new Attempt(target, last.sameAfter())) : Optional.empty();
            }
        };
    }
}
