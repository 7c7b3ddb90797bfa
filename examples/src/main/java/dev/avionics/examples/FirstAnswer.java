package dev.avionics.examples;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.stream.EventCursor;
import dev.avionics.llm.LLMProvider;
import dev.avionics.llm.TokenChunk;
import dev.avionics.llm.factory.LLMFactory;
import dev.avionics.llm.settings.AvionicsSettings;
import java.io.PrintStream;
import java.util.Map;

/** Prints an answer as it comes, from the backend that the environment names. */
public final class FirstAnswer {
    private FirstAnswer() {}

    /** Asks the first argument. */
    public static void main(String[] arguments) {
        answer(AvionicsSettings.load(), arguments[0], System.out);
    }

    static void answer(AvionicsSettings settings, String prompt, PrintStream out) {
        // begin
        try (Airframe airframe = Airframe.create();
                LLMFactory factory = new LLMFactory(settings, airframe)) {
            LLMProvider provider = factory.defaultProvider();
            try (EventCursor<TokenChunk> chunks = provider.generateStream(null, prompt, Map.of("temperature", 0.2))
                    .open()) {
                while (chunks.hasNext()) {
                    out.print(chunks.next().text());
                }
            }
        }
        // end
    }
}
