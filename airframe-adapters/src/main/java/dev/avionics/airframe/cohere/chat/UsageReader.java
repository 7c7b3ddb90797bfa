package dev.avionics.airframe.cohere.chat;

import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.json.JsonReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads what Cohere says of tokens: what it bills ({@code billed_units}), and what its model read and wrote ({@code tokens}),
 * which holds instructions of Cohere's own and is more. What is billed counts; the other figures are kept as told.
 */
public final class UsageReader {
    private Figures billed = Figures.NONE;
    private Figures real = Figures.NONE;
    private TokenCount cached = TokenCount.absent();

    private UsageReader() {}

    private record Figures(TokenCount input, TokenCount output, TokenCount reasoning) {
        private static final Figures NONE = new Figures(TokenCount.absent(), TokenCount.absent(), TokenCount.absent());

        boolean isPresent() {
            return input.isPresent() || output.isPresent();
        }
    }

    /** Reads the current value: {@code usage} of a chat, or {@code meta} of anything else. */
    public static Usage read(JsonReader json) {
        UsageReader reader = new UsageReader();
        if (json.enterObject()) {
            while (json.nextField()) {
                switch (json.field()) {
                    case "billed_units" -> reader.billed = figures(json);
                    case "tokens" -> reader.real = figures(json);
                    case "cached_tokens" -> reader.cached = count(json.longOrNull());
                    default -> {}
                }
            }
        }
        return reader.build();
    }

    private static Figures figures(JsonReader json) {
        TokenCount input = TokenCount.absent();
        TokenCount output = TokenCount.absent();
        TokenCount reasoning = TokenCount.absent();
        if (json.enterObject()) {
            while (json.nextField()) {
                switch (json.field()) {
                    case "input_tokens" -> input = count(json.longOrNull());
                    case "output_tokens" -> output = count(json.longOrNull());
                    case "reasoning_tokens" -> reasoning = count(json.longOrNull());
                    default -> {}
                }
            }
        }
        return new Figures(input, output, reasoning);
    }

    private Usage build() {
        Usage.Builder usage = Usage.builder();
        if (!billed.isPresent()) {
            boolean fits = !cached.isPresent() || !real.input.isPresent() || cached.value() <= real.input.value();
            usage.cacheRead(fits ? cached : TokenCount.absent()).inputTotal(real.input);
            return outputs(usage, real).build();
        }
        usage.inputTotal(billed.input);
        return outputs(usage, billed)
                .told(real.isPresent() ? new Usage.Told(real.input, real.output, cached) : null)
                .build();
    }

    /** What the model thought with is part of the output, if the figures leave room for it. */
    private Usage.Builder outputs(Usage.Builder usage, Figures counted) {
        TokenCount thought = counted.reasoning.isPresent() ? counted.reasoning : real.reasoning;
        if (thought.isPresent() && counted.output.isPresent() && thought.value() <= counted.output.value()) {
            usage.reasoning(thought);
        }
        return usage.outputTotal(counted.output);
    }

    private static TokenCount count(@Nullable Long value) {
        return value == null || value < 0 ? TokenCount.absent() : TokenCount.known(value);
    }
}
