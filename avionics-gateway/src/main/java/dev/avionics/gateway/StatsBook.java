package dev.avionics.gateway;

import dev.avionics.airframe.stream.Outcome;
import dev.avionics.cost.Cost;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts what a gateway does. Thread-safe; a snapshot is of one moment. */
final class StatsBook {
    private long requests;
    private long failures;
    private long cancelled;
    private long fallbacks;
    private long cached;
    private final Part all = new Part();
    private final Map<String, Part> byProvider = new TreeMap<>();

    private static final class Part {
        private long answers;
        private long failed;
        private long tokens;
        private long unpriced;
        private long answerNanos;
        private BigDecimal usd = BigDecimal.ZERO;

        void add(CallLedger.Entry entry) {
            tokens += entry.usage().total().value();
            Cost cost = entry.cost();
            if (cost.isPriced()) {
                usd = usd.add(cost.usd());
            } else {
                unpriced++;
            }
            if (entry.succeeded()) {
                answers++;
                answerNanos += entry.duration().toNanos();
            } else if (entry.failure() != null) {
                failed++;
            }
        }
    }

    /** Books an attempt that is over. */
    synchronized void attempted(CallLedger.Entry entry) {
        all.add(entry);
        byProvider
                .computeIfAbsent(entry.attempt().provider(), name -> new Part())
                .add(entry);
    }

    /** Books a call that is over. */
    synchronized void ended(Outcome outcome, CallLedger ledger) {
        requests++;
        List<CallLedger.Entry> entries = ledger.entries();
        if (outcome instanceof Outcome.Failed) {
            failures++;
        } else if (outcome instanceof Outcome.Cancelled) {
            cancelled++;
        } else if (ledger.isServedFromElsewhere()) {
            cached++;
        } else if (!entries.isEmpty() && leftItsFirstTarget(entries)) {
            fallbacks++;
        }
    }

    private static boolean leftItsFirstTarget(List<CallLedger.Entry> entries) {
        GatewayTarget first = entries.get(0).attempt().asked();
        return entries.stream()
                .anyMatch(entry -> entry.succeeded() && !entry.attempt().asked().equals(first));
    }

    synchronized GatewayStats snapshot() {
        Map<String, GatewayStats.ByProvider> providers = new TreeMap<>();
        byProvider.forEach((name, part) -> providers.put(
                name,
                new GatewayStats.ByProvider(
                        part.answers,
                        part.failed,
                        part.tokens,
                        part.usd,
                        part.answers == 0 ? 0 : part.answerNanos / 1e6 / part.answers)));
        return new GatewayStats(
                requests, all.tokens, all.usd, all.unpriced, failures, cancelled, fallbacks, cached, providers);
    }
}
