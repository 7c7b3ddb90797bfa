package dev.avionics.gateway.layer;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.Deadline;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.cost.Cost;
import dev.avionics.gateway.AttemptLayer;
import dev.avionics.gateway.GatewayAttempt;
import dev.avionics.gateway.GatewayCall;
import dev.avionics.gateway.GatewayTarget;
import dev.avionics.gateway.InputEstimate;
import dev.avionics.gateway.Pricing;
import dev.avionics.gateway.limit.BudgetPolicy;
import dev.avionics.gateway.limit.Unpriced;
import dev.avionics.gateway.state.Account;
import dev.avionics.gateway.state.BudgetReply;
import dev.avionics.gateway.state.Reservation;
import dev.avionics.gateway.state.SharedState;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reserves the money for each attempt before it is made, in every account that applies, and settles what it cost when it is over.
 * An attempt for which an account has no room fails with BUDGET_EXCEEDED, and so does its call.
 *
 * <p>Reserved is the price of the input, guessed, and of an answer of the length that the {@link BudgetPolicy} says. Settled is the
 * price of the tokens that the backend told. Where it told none and may have worked all the same, a guess is settled: the input's
 * price for an attempt that was given up or broke, the whole reservation for an answer that came. Free targets are not held up.
 */
public final class BudgetLayer implements AttemptLayer {
    private static final Logger LOG = LoggerFactory.getLogger(BudgetLayer.class);
    /** Beyond the deadline: a reader that pauses stops the clocks. */
    private static final Duration SLACK = Duration.ofMinutes(5);

    private static final Duration WITHOUT_DEADLINE = Duration.ofHours(1);
    /** Model names come from callers. */
    private static final int MOST_TOLD = 4096;

    private final BudgetPolicy policy;
    private final Pricing pricing;
    private final SharedState state;
    private final Clock clock;
    private final Cache<GatewayTarget, Boolean> told =
            Caffeine.newBuilder().maximumSize(MOST_TOLD).build();

    /**
     * A layer.
     *
     * @param state where the accounts are; its owner closes it
     * @param clock says which day and month it is
     */
    public BudgetLayer(BudgetPolicy policy, Pricing pricing, SharedState state, Clock clock) {
        this.policy = requireNonNull(policy, "policy");
        this.pricing = requireNonNull(pricing, "pricing");
        this.state = requireNonNull(state, "state");
        this.clock = requireNonNull(clock, "clock");
    }

    @Override
    public InferenceStream<InferenceEvent> infer(
            GatewayAttempt attempt, InferenceRequest request, GatewayCall call, Next next) {
        BudgetAccounts accounts = accounts(attempt, call);
        if (accounts.purses().isEmpty()) {
            return next.infer(attempt, request, call);
        }
        return InferenceStream.deferred(call.context(), () -> {
            long input = InputEstimate.of(request, InputTokens.ESTIMATOR);
            Cost price = pricing.cost(call.agent(), attempt, Usage.estimated(input, outputTokens(request)));
            if (isNotCounted(price, attempt, accounts)) {
                return CompletableFuture.completedFuture(next.infer(attempt, request, call));
            }
            return reserve(price, accounts, attempt, call).stream(
                    call,
                    reservation -> next.infer(attempt, request, call)
                            .observe(outcome -> end(reservation, Spending.of(outcome), input, attempt, call)));
        });
    }

    private int outputTokens(InferenceRequest request) {
        Integer asked = request.sampling().maxTokens();
        return asked == null ? policy.reserveOutputTokens() : Math.min(asked, policy.reserveOutputTokens());
    }

    @Override
    public CompletableFuture<EmbeddingResult> embed(
            GatewayAttempt attempt, EmbeddingRequest request, GatewayCall call, Next next) {
        BudgetAccounts accounts = accounts(attempt, call);
        if (accounts.purses().isEmpty()) {
            return next.embed(attempt, request, call);
        }
        long input = InputEstimate.of(request, InputTokens.ESTIMATOR);
        Cost price = pricing.cost(call.agent(), attempt, Usage.estimated(input, 0));
        if (isNotCounted(price, attempt, accounts)) {
            return next.embed(attempt, request, call);
        }
        return reserve(price, accounts, attempt, call).value(call, reservation -> {
            CompletableFuture<EmbeddingResult> running = next.embed(attempt, request, call);
            // Told before whoever waits for the answer, so that the account is right when the call ends.
            return Admission.observed(
                    running,
                    (result, error) -> end(reservation, Spending.of(running, result, error), input, attempt, call));
        });
    }

    private BudgetAccounts accounts(GatewayAttempt attempt, GatewayCall call) {
        return BudgetAccounts.of(policy, call.agent(), call.key(), attempt.provider(), clock.instant());
    }

    /** Whether an attempt goes through without a reservation. */
    private boolean isNotCounted(Cost price, GatewayAttempt attempt, BudgetAccounts accounts) {
        if (price.isPriced()) {
            return price.isFree();
        }
        if (policy.unpriced() == Unpriced.REFUSE) {
            throw BudgetAccounts.exceeded(
                            attempt,
                            "the budget of " + accounts.whose() + " cannot count " + attempt.asked() + ": "
                                    + price.why() + ", or allow models without a price in the budget policy")
                    .code("unpriced_model")
                    .build();
        }
        if (told.asMap().putIfAbsent(attempt.asked(), true) == null) {
            LOG.warn("budget_unpriced target={}: its calls count in no budget: {}", attempt.asked(), price.why());
        }
        return true;
    }

    private Admission<Reservation> reserve(
            Cost price, BudgetAccounts accounts, GatewayAttempt attempt, GatewayCall call) {
        CompletionStage<BudgetReply> reply =
                state.reserve(accounts.accounts(), Account.microsOf(price.usd()), duration(call));
        return Admission.of(
                reply.thenApply(known -> known.fold(BudgetReply.Granted::reservation, refused -> {
                    throw accounts.refusal(refused, attempt);
                })),
                reservation -> tell(state.release(reservation), reservation));
    }

    private static Duration duration(GatewayCall call) {
        Deadline deadline = call.context().deadline();
        return deadline == null ? WITHOUT_DEADLINE : deadline.remaining().plus(SLACK);
    }

    private void end(Reservation reservation, Spending spending, long input, GatewayAttempt attempt, GatewayCall call) {
        Optional<Long> micros = switch (spending.kind()) {
            case NOTHING -> Optional.of(0L);
            case TOLD -> price(spending.usage(), attempt, call);
            case INPUT -> price(Usage.estimated(input, 0), attempt, call);
            case UNKNOWN -> Optional.empty();
        };
        if (spending.kind() == Spending.Kind.NOTHING) {
            tell(state.release(reservation), reservation);
        } else {
            // What cannot be priced is taken to be what was thought before.
            tell(state.settle(reservation, micros.orElse(reservation.micros())), reservation);
        }
    }

    private Optional<Long> price(Usage usage, GatewayAttempt attempt, GatewayCall call) {
        return pricing.cost(call.agent(), attempt, usage).amount().map(Account::microsOf);
    }

    private static void tell(CompletionStage<Boolean> told, Reservation reservation) {
        told.whenComplete((counted, failure) -> {
            if (failure != null) {
                // The money is free again when the reservation's time is over; what was spent is missing in the
                // accounts.
                LOG.warn(
                        "budget_not_settled reservation={} accounts={}: {}",
                        reservation.id(),
                        reservation.accounts().stream().map(Account::key).toList(),
                        failure.toString());
            }
        });
    }
}
