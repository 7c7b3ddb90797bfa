package dev.avionics.gateway.layer;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.call.Ticker;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.airframe.stream.Outcome;
import dev.avionics.cost.Cost;
import dev.avionics.gateway.AttemptLayer;
import dev.avionics.gateway.CallLedger;
import dev.avionics.gateway.GatewayAttempt;
import dev.avionics.gateway.GatewayCall;
import dev.avionics.gateway.Pricing;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Enters each attempt into the call's ledger: tokens, cost, time, and how it ended. */
public final class AccountLayer implements AttemptLayer {
    private final Pricing pricing;
    private final Ticker ticker;

    /** A layer with these prices. */
    public AccountLayer(Pricing pricing, Ticker ticker) {
        this.pricing = requireNonNull(pricing, "pricing");
        this.ticker = requireNonNull(ticker, "ticker");
    }

    @Override
    public InferenceStream<InferenceEvent> infer(
            GatewayAttempt attempt, InferenceRequest request, GatewayCall call, Next next) {
        long began = ticker.nanoTime();
        call.ledger().begin(attempt);
        return next.infer(attempt, request, call).observe(outcome -> {
            ErrorCategory failure =
                    outcome instanceof Outcome.Failed failed ? failed.error().category() : null;
            CancelReason cancelled = outcome instanceof Outcome.Cancelled given ? given.reason() : null;
            enter(attempt, call, outcome.usage(), began, failure, cancelled);
        });
    }

    @Override
    public CompletableFuture<EmbeddingResult> embed(
            GatewayAttempt attempt, EmbeddingRequest request, GatewayCall call, Next next) {
        long began = ticker.nanoTime();
        call.ledger().begin(attempt);
        CompletableFuture<EmbeddingResult> answer = next.embed(attempt, request, call);
        // The copy completes after the entry is made, so that the ledger is whole before the call ends.
        CompletableFuture<EmbeddingResult> entered = answer.whenComplete((result, error) -> {
            if (error == null) {
                enter(attempt, call, result.usage(), began, null, null);
            } else if (answer.isCancelled()) {
                enter(attempt, call, Usage.absent(), began, null, CancelReason.CALLER);
            } else {
                Throwable cause =
                        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
                boolean known = cause instanceof InferenceException;
                enter(
                        attempt,
                        call,
                        known ? ((InferenceException) cause).usage() : Usage.absent(),
                        began,
                        known ? ((InferenceException) cause).category() : ErrorCategory.REJECTED,
                        null);
            }
        });
        entered.whenComplete((result, error) -> {
            if (entered.isCancelled()) {
                answer.cancel(false);
            }
        });
        return entered;
    }

    private void enter(
            GatewayAttempt attempt,
            GatewayCall call,
            Usage usage,
            long began,
            @Nullable ErrorCategory failure,
            @Nullable CancelReason cancelled) {
        boolean used = usage.isPresent() || (failure == null && cancelled == null);
        Cost cost = used ? pricing.cost(call.agent(), attempt, usage) : Cost.FREE;
        Duration duration = Duration.ofNanos(Math.max(0, ticker.nanoTime() - began));
        call.ledger().add(new CallLedger.Entry(attempt, usage, cost, duration, failure, cancelled));
    }
}
