package dev.avionics.llm.node;

import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.Attempt;
import dev.avionics.airframe.call.AttemptPlan;
import dev.avionics.airframe.call.CallObserver;
import dev.avionics.airframe.call.Failure;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.Outcome;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One call over the fleet: its plan takes the next node after a failure that allows another one, and as its observer it settles
 * each attempt with the router.
 */
final class NodeCall implements AttemptPlan, CallObserver {
    private final NodeRouter router;
    private final RoutingRequest request;
    private final boolean streamed;
    private final Consumer<RoutingDecision> decided;
    private final Set<String> tried = new HashSet<>(4);
    // Attempts start and fail serially, but the call may end on another thread at any time.
    private @Nullable NodeLease lease;
    private boolean over;

    /**
     * A call that was not sent yet.
     *
     * @param streamed whether the answer comes piece by piece, so that its first one tells how fast the node reads
     */
    NodeCall(NodeRouter router, RoutingRequest request, boolean streamed, Consumer<RoutingDecision> decided) {
        this.router = router;
        this.request = request;
        this.streamed = streamed;
        this.decided = decided;
    }

    @Override
    public Attempt first() {
        RoutingDecision decision = decide();
        return Attempt.at(decision.chosen().map(this::target).orElseThrow(() -> nobody(decision)));
    }

    @Override
    public Optional<Attempt> next(Failure last) {
        if (last.otherAllowed()) {
            tried.add(last.attempt().target().endpoint().name());
            Optional<InferenceNode> other = decide().chosen();
            if (other.isPresent()) {
                return other.map(node -> Attempt.at(target(node)));
            }
        }
        return last.sameAllowed()
                ? Optional.of(new Attempt(last.attempt().target(), last.sameAfter()))
                : Optional.empty();
    }

    private RoutingDecision decide() {
        RoutingDecision decision = router.route(request, tried);
        decided.accept(decision);
        return decision;
    }

    private Target target(InferenceNode node) {
        return new Target(node.endpoint(), node.model().isEmpty() ? request.model() : node.model());
    }

    private InferenceException nobody(RoutingDecision decision) {
        return InferenceException.builder(
                        ErrorCategory.OVERLOADED,
                        "no node for agent " + request.agent() + ", model " + request.model() + ", tags "
                                + request.tags() + ": " + decision.explanation())
                .origin(ErrorOrigin.US)
                .model(request.model())
                .sent(InferenceException.Sent.NOTHING)
                .build();
    }

    @Override
    public void attemptStarted(int number, Target target) {
        NodeLease started;
        try {
            started = router.send(target.endpoint().name(), request);
        } catch (IllegalArgumentException gone) {
            // Its profile went away since it was chosen; the call goes there all the same.
            return;
        }
        boolean late;
        synchronized (this) {
            late = over;
            lease = late ? null : started;
        }
        if (late) {
            started.givenUp();
        }
    }

    /** The attempt that runs. */
    synchronized @Nullable NodeLease lease() {
        return lease;
    }

    private @Nullable NodeLease take(boolean last) {
        synchronized (this) {
            over |= last;
            NodeLease taken = lease;
            lease = null;
            return taken;
        }
    }

    @Override
    public void attemptFailed(int number, Target target, InferenceException why) {
        NodeLease failed = take(false);
        if (failed != null) {
            failed.failed(why);
        }
    }

    @Override
    public void committed(int number, Target target) {
        NodeLease answering = lease();
        if (streamed && answering != null) {
            answering.firstToken();
        }
    }

    @Override
    public void ended(Outcome outcome) {
        NodeLease last = take(true);
        if (last == null) {
            return;
        }
        if (outcome instanceof Outcome.Done) {
            last.succeeded();
        } else if (outcome instanceof Outcome.Failed failed) {
            last.failed(failed.error());
        } else {
            last.givenUp();
        }
    }
}
