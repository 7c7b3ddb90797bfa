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
