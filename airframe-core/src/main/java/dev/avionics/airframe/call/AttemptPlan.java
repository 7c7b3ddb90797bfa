package dev.avionics.airframe.call;

import dev.avionics.airframe.Target;
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
