package dev.avionics.airframe.anthropic.answer;

import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.json.JsonReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The figures of {@code usage}. Input is what was neither read from the cache nor written to it; output includes thinking.
 * They are cumulative, and each object may tell some of them only.
 */
final class UsageFigures {
    /** Rounds of the model that was asked; other kinds are another model's, which is paid for otherwise. */
    private static final Set<String> OWN_ROUNDS = Set.of("message", "compaction");

    private static final String ADVISOR = "advisor_message";

    private String type = "";
    private @Nullable Long input;
    private @Nullable Long output;
    private @Nullable Long cacheRead;
    private @Nullable Long written;
    private @Nullable Long writtenShort;
    private @Nullable Long writtenLong;
    private @Nullable Long thinking;
    private @Nullable List<UsageFigures> rounds;

    /** Reads the current value. */
    static UsageFigures read(JsonReader json) {
        UsageFigures figures = new UsageFigures();
        if (!json.enterObject()) {
            return figures;
        }
        while (json.nextField()) {
            switch (json.field()) {
                case "type" -> figures.type = json.stringOrEmpty();
                case "input_tokens" -> figures.input = count(json);
                case "output_tokens" -> figures.output = count(json);
                case "cache_read_input_tokens" -> figures.cacheRead = count(json);
                case "cache_creation_input_tokens" -> figures.written = count(json);
                case "cache_creation" -> figures.split(json);
                case "output_tokens_details" -> figures.details(json);
                case "iterations" -> figures.rounds(json);
                default -> {}
            }
        }
        return figures;
    }

    private void split(JsonReader json) {
        if (json.enterObject()) {
            while (json.nextField()) {
                switch (json.field()) {
                    case "ephemeral_5m_input_tokens" -> writtenShort = count(json);
                    case "ephemeral_1h_input_tokens" -> writtenLong = count(json);
                    default -> {}
                }
            }
        }
    }

    private void details(JsonReader json) {
        if (json.enterObject()) {
            while (json.nextField()) {
                if (json.field().equals("thinking_tokens")) {
                    thinking = count(json);
                }
            }
        }
    }

    private void rounds(JsonReader json) {
        if (json.enterArray()) {
            List<UsageFigures> all = new ArrayList<>();
            while (json.nextElement()) {
                all.add(read(json));
            }
            rounds = all;
        }
    }

    private static @Nullable Long count(JsonReader json) {
        Long value = json.longOrNull();
        return value == null || value < 0 ? null : value;
    }

    /** Takes later figures in place of these, where they tell any. */
    void take(UsageFigures later) {
        input = or(later.input, input);
        output = or(later.output, output);
        cacheRead = or(later.cacheRead, cacheRead);
        written = or(later.written, written);
        writtenShort = or(later.writtenShort, writtenShort);
        writtenLong = or(later.writtenLong, writtenLong);
        thinking = or(later.thinking, thinking);
        rounds = later.rounds == null ? rounds : later.rounds;
    }

    private static @Nullable Long or(@Nullable Long first, @Nullable Long second) {
        return first == null ? second : first;
    }

    /**
     * The tokens so far.
     *
     * @param otherModel whether another model took over, so that only the totals are those of the answer
     */
    Usage usage(boolean otherModel) {
        UsageFigures all = otherModel ? this : ofRounds();
        Usage.Builder usage = Usage.builder()
                .inputUncached(known(all.input))
                .cacheRead(known(all.cacheRead))
                .cacheWriteShort(known(all.shortWrites()))
                .cacheWriteLong(known(all.writtenLong));
        Long whole = all.output;
        Long thought = whole == null || thinking == null ? thinking : (Long) Math.min(thinking, whole);
        return usage.reasoning(known(thought)).outputTotal(known(whole)).build();
    }

    /** Totals leave out what compaction took: then the rounds of the model are added up. */
    private UsageFigures ofRounds() {
        List<UsageFigures> each = rounds;
        if (each == null || each.stream().noneMatch(round -> OWN_ROUNDS.contains(round.type))) {
            return this;
        }
        UsageFigures sum = new UsageFigures();
        for (UsageFigures round : each) {
            if (OWN_ROUNDS.contains(round.type)) {
                sum.add(round);
            } else if (!round.type.equals(ADVISOR)) {
                return this;
            }
        }
        UsageFigures all = new UsageFigures();
        all.take(this);
        all.take(sum);
        return all;
    }

    private void add(UsageFigures round) {
        input = plus(input, round.input);
        output = plus(output, round.output);
        cacheRead = plus(cacheRead, round.cacheRead);
        written = plus(written, round.written);
        writtenShort = plus(writtenShort, round.writtenShort);
        writtenLong = plus(writtenLong, round.writtenLong);
    }

    private static @Nullable Long plus(@Nullable Long a, @Nullable Long b) {
        return a == null || b == null ? or(a, b) : (Long) (a + b);
    }

    /** What was written for five minutes: all, but for what was written for an hour. */
    private @Nullable Long shortWrites() {
        if (written == null) {
            return writtenShort;
        }
        return Math.max(0, written - (writtenLong == null ? 0 : writtenLong));
    }

    private static TokenCount known(@Nullable Long value) {
        return value == null ? TokenCount.absent() : TokenCount.known(value);
    }
}
