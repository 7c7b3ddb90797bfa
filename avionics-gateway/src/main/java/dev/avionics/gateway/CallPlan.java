package dev.avionics.gateway;

import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.Attempt;
import dev.avionics.airframe.call.AttemptPlan;
import dev.avionics.airframe.call.CallObserver;
import dev.avionics.airframe.call.Failure;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.error.RetryRule;
import dev.avionics.airframe.stream.Outcome;
import dev.avionics.llm.ProviderRoute;
import dev.avionics.llm.settings.SettingsException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of one call over several targets. What costs no wait is tried where the call is, and so are other nodes of the same
 * provider; then it goes to the next target that is free, in the policy's order; then it waits where it is. Used serially, but for
 * the end.
 *
 * @param <Q> what is asked
 * @param <R> what is given
 */
final class CallPlan<Q, R> implements AttemptPlan, CallObserver {
    private final GatewayTarget primary;
    private final Opener<Q, R> opener;
    private final FallbackPolicy policy;
    private final Predicate<GatewayTarget> free;
    private final @Nullable Resumer<Q, R> resumer;
    private final Set<GatewayTarget> tried = new HashSet<>(4);
    private final List<InferenceException> failures = new ArrayList<>(2);
    private @Nullable Attempt pending;
    // Read by the end of the call, on any thread.
    private volatile @Nullable Leg<Q, R> leg;
    private int number;
    private int besides;
    private @Nullable String notResumed;

    /** Takes a target apart into attempts. */
    interface Opener<Q, R> {
        /**
         * The route to a target.
         *
         * @throws InferenceException if it cannot be taken
         */
        Leg<Q, R> open(GatewayTarget target);
    }

    /**
     * One target on the way.
     *
     * @param named the target with its model
     * @param question what it is asked
     */
    record Leg<Q, R>(
            GatewayTarget asked, GatewayTarget named, ProviderRoute<Q, R> route, Q question, LegObserver observer) {
        Leg(GatewayTarget asked, GatewayTarget named, ProviderRoute<Q, R> route, Q question) {
            this(asked, named, route, question, new LegObserver(route.observer()));
        }

        Leg<Q, R> with(Q other) {
            return new Leg<>(asked, named, route, other, observer);
        }
    }

    /** A leg and its first attempt. */
    record Entered<Q, R>(Leg<Q, R> leg, Target target) {}

    /** Has answers that broke off go on. */
    interface Resumer<Q, R> {
        /** Why an answer goes on nowhere after this failure; null if it may. */
        @Nullable
        String barred(InferenceException why);

        /**
         * The route to a target that goes on.
         *
         * @param from where the answer broke off
         * @throws InferenceException if that target cannot
         */
        Leg<Q, R> open(GatewayTarget target, Leg<Q, R> from);

        /**
         * The same route, for another node of its provider.
         *
         * @throws InferenceException if it cannot go on
         */
        Leg<Q, R> reopen(Leg<Q, R> from);

        /** The text that was delivered; null if nothing was. */
        @Nullable
        String delivered();
    }

    /**
     * A plan that begins at the first target which can be opened.
     *
     * @param free whether an attempt at a target would be let through at once
     * @param resumer has answers go on that broke off; null if they fail
     * @throws InferenceException if no target can be opened
     */
    CallPlan(
            GatewayTarget primary,
            Opener<Q, R> opener,
            FallbackPolicy policy,
            Predicate<GatewayTarget> free,
            @Nullable Resumer<Q, R> resumer) {
        this.primary = primary;
        this.opener = opener;
        this.policy = policy;
        this.free = free;
        this.resumer = resumer;
        List<GatewayTarget> order = new ArrayList<>();
        order.add(primary);
        order.addAll(policy.targets());
        // Who is not free comes last, and then waits or is refused by the layer that says so.
        List<GatewayTarget> busy =
                order.stream().filter(target -> !free.test(target)).toList();
        order.removeAll(busy);
        order.addAll(busy);
        Entered<Q, R> entered = enter(order, opener, target -> true).orElseThrow(() -> verdict(nothingOpen()));
        leg = entered.leg();
        pending = Attempt.at(entered.target());
    }

    private InferenceException nothingOpen() {
        return failures.get(failures.size() - 1);
    }

    Leg<Q, R> leg() {
        Leg<Q, R> known = leg;
        if (known == null) {
            throw new IllegalStateException("no target was opened");
        }
        return known;
    }

    /** How many attempts were made, the one that runs included. */
    int number() {
        return number + besides;
    }

    /** Whether some target is left that was not tried. */
    boolean otherLeft() {
        return policy.targets().stream().anyMatch(target -> !tried.contains(target) && free.test(target));
    }

    /** Where the first attempt goes; before it is made. */
    Target begins() {
        Attempt first = pending;
        if (first == null) {
            throw new IllegalStateException("the plan has begun already");
        }
        return first.target();
    }

    @Override
    public Attempt first() {
        Attempt first = pending;
        if (first == null) {
            throw new IllegalStateException("the plan has begun already");
        }
        pending = null;
        number = 1;
        return first;
    }

    @Override
    public Optional<Attempt> next(Failure last) {
        number++;
        Optional<Attempt> here = leg().route().plan().next(last);
        if (here.isPresent() && (isOther(here.get(), last) || costsNothing(here.get(), last))) {
            return here;
        }
        Optional<Attempt> other = elsewhere(last);
        return other.isPresent() ? other : here;
    }

    /** Whether it is another target of the same provider: another node. */
    private static boolean isOther(Attempt next, Failure last) {
        return !next.target().equals(last.attempt().target());
    }

    /** Whether another try is due at once: after a stale connection, with a fact that was learned, with another key. */
    private static boolean costsNothing(Attempt next, Failure last) {
        RetryRule.Same same = last.rule().same();
        return next.after().isZero() && (same == RetryRule.Same.ONCE || same == RetryRule.Same.AT_ONCE_THEN_BACK_OFF);
    }

    private Optional<Attempt> elsewhere(Failure last) {
        ErrorCategory category = last.error().category();
        boolean conditional = switch (last.rule().other()) {
            case LARGER_WINDOW, POLICY, OTHER_CREDENTIALS -> true;
            case NEVER, YES, UNCERTAIN -> false;
        };
        if (!last.otherAllowed() && !conditional) {
            return Optional.empty();
        }
        Leg<Q, R> from = leg();
        List<GatewayTarget> candidates = new ArrayList<>();
        for (GatewayTarget target : policy.after(category)) {
            boolean larger = category != ErrorCategory.CONTEXT_LENGTH || policy.isLarger(from.named(), target);
            if (larger && !target.equals(from.asked())) {
                candidates.add(target);
            }
        }
        int before = failures.size();
        failures.add(last.error());
        candidates.removeIf(target -> !free.test(target));
        boolean otherKey = last.rule().other() == RetryRule.Other.OTHER_CREDENTIALS;
        Optional<Entered<Q, R>> entered = enter(
                candidates,
                opener,
                target -> !otherKey
                        || target.endpoint().credentials()
                                != last.attempt().target().endpoint().credentials());
        if (entered.isEmpty()) {
            failures.remove(before);
            return Optional.empty();
        }
        from.observer().ended(new Outcome.Failed(last.error()));
        return Optional.of(go(entered.get()));
    }

    private Attempt go(Entered<Q, R> to) {
        leg = to.leg();
        return Attempt.at(to.target());
    }

    /** Opens the first fit target of those that were not tried. */
    private Optional<Entered<Q, R>> enter(List<GatewayTarget> candidates, Opener<Q, R> by, Predicate<Target> fit) {
        for (GatewayTarget target : candidates) {
            if (!tried.add(target)) {
                continue;
            }
            try {
                Leg<Q, R> opened = by.open(target);
                Attempt attempt = opened.route().plan().first();
                if (fit.test(attempt.target())) {
                    return Optional.of(new Entered<>(opened, attempt.target()));
                }
            } catch (InferenceException | SettingsException closed) {
                failures.add(asInferenceException(closed));
            }
        }
        return Optional.empty();
    }

    // An answer that broke off

    @Override
    public boolean mayResume() {
        return resumer != null;
    }

    @Override
    public Optional<Attempt> resume(Failure last) {
        Resumer<Q, R> goesOn = resumer;
        if (goesOn == null) {
            return Optional.empty();
        }
        notResumed = goesOn.barred(last.error());
        if (notResumed != null) {
            return Optional.empty();
        }
        Optional<Attempt> next = otherNode(goesOn, last).or(() -> otherTarget(goesOn, last));
        if (next.isPresent()) {
            number++;
        } else {
            notResumed = "no other target can go on with it";
        }
        return next;
    }

    private Optional<Attempt> otherNode(Resumer<Q, R> goesOn, Failure last) {
        Leg<Q, R> from = leg();
        Leg<Q, R> again;
        try {
            again = goesOn.reopen(from);
        } catch (InferenceException cannot) {
            return Optional.empty();
        }
        Optional<Attempt> node = from.route().plan().next(last).filter(attempt -> isOther(attempt, last));
        if (node.isPresent()) {
            leg = again;
        }
        return node;
    }

    private Optional<Attempt> otherTarget(Resumer<Q, R> goesOn, Failure last) {
        Leg<Q, R> from = leg();
        List<GatewayTarget> candidates =
                new ArrayList<>(policy.after(last.error().category()));
        candidates.removeIf(target -> target.equals(from.asked()) || !free.test(target));
        int before = failures.size();
        failures.add(last.error());
        Optional<Entered<Q, R>> entered = enter(candidates, target -> goesOn.open(target, from), target -> true);
        if (entered.isEmpty()) {
            failures.remove(before);
            return Optional.empty();
        }
        from.observer().ended(new Outcome.Failed(last.error()));
        return Optional.of(go(entered.get()));
    }

    // A second attempt beside the first

    @Override
    public int aside() {
        return besides;
    }

    /** A target beside the one where the call is, which it does not leave; empty if none is free. */
    Optional<Entered<Q, R>> beside() {
        List<GatewayTarget> candidates = new ArrayList<>(policy.targets());
        candidates.removeIf(target -> target.equals(leg().asked()) || !free.test(target));
        int before = failures.size();
        Optional<Entered<Q, R>> entered = enter(candidates, opener, target -> true);
        // Nothing has failed: who could not be opened was not needed.
        failures.subList(before, failures.size()).clear();
        if (entered.isPresent()) {
            besides++;
        }
        return entered;
    }

    /** The call goes on at the target beside. */
    void goBeside(Leg<Q, R> to, Outcome here) {
        leg().observer().ended(here);
        if (here instanceof Outcome.Failed failed) {
            failures.add(failed.error());
        }
        leg = to;
    }

    /** The target beside failed, and so did the first one. */
    void besideFailed(InferenceException why) {
        failures.add(why);
    }

    /** A target that cannot be opened, in the terms of calls. */
    static InferenceException asInferenceException(RuntimeException closed) {
        return closed instanceof InferenceException known
                ? known
                : InferenceException.builder(ErrorCategory.INVALID_REQUEST, String.valueOf(closed.getMessage()))
                        .origin(ErrorOrigin.CALLER)
                        .sent(InferenceException.Sent.NOTHING)
                        .cause(closed)
                        .build();
    }

    @Override
    public InferenceException verdict(InferenceException error) {
        String delivered = resumer == null ? null : resumer.delivered();
        if (delivered != null) {
            String why = notResumed;
            return new AnswerBrokenOffException(error, delivered, why == null ? "no more attempts are left" : why);
        }
        List<InferenceException> causes = new ArrayList<>(failures);
        if (!causes.contains(error)) {
            causes.add(error);
        }
        return causes.size() < 2 ? error : new AllProvidersFailedException(error, causes);
    }

    /** The target that calls begin with. */
    GatewayTarget primary() {
        return primary;
    }

    @Override
    public void attemptStarted(int count, Target target) {
        leg().observer().attemptStarted(count, target);
    }

    @Override
    public void attemptFailed(int count, Target target, InferenceException why) {
        leg().observer().attemptFailed(count, target, why);
    }

    @Override
    public void waiting(int count, Duration time, InferenceException why) {
        leg().observer().waiting(count, time, why);
    }

    @Override
    public void committed(int count, Target target) {
        leg().observer().committed(count, target);
    }

    @Override
    public void malformedFrame(String excerpt) {
        leg().observer().malformedFrame(excerpt);
    }

    @Override
    public void warning(String event, String detail) {
        leg().observer().warning(event, detail);
    }

    @Override
    public void ended(Outcome outcome) {
        leg().observer().ended(outcome);
    }
}
