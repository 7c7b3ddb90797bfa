package dev.avionics.examples;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.llm.Inference;
import dev.avionics.llm.factory.LLMFactory;
import dev.avionics.llm.schema.Described;
import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.llm.tool.Tool;
import dev.avionics.llm.tool.ToolEvent;
import dev.avionics.llm.tool.ToolLoop;
import dev.avionics.llm.tool.ToolLoopException;
import dev.avionics.llm.tool.ToolMethod;
import dev.avionics.llm.tool.ToolRun;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Lets a model look things up, and prints what it says and does as it comes. */
public final class ToolsExample {
    private ToolsExample() {}

    enum Unit {
        CELSIUS,
        FAHRENHEIT
    }

    record Forecast(String city, double degrees, Unit unit) {}

    /** Tools are methods of an object. */
    static final class Weather {
        @ToolMethod("Tells how warm it is in a city")
        Forecast forecast(@Described("such as Bern") String city, Unit unit) {
            return new Forecast(city, unit == Unit.CELSIUS ? 21 : 69.8, unit);
        }
    }

    record Distance(
            String from, @Described("the other city") String to) {}

    /** A tool whose arguments are a record, and one with a schema of its own. */
    static List<Tool> more() {
        Tool distance = Tool.of("distance", "Tells how far two cities are apart, in km", Distance.class, way -> 95);
        Tool note = Tool.of(ToolSpec.of("note", "Keeps a note", """
                        {"type": "object", "properties": {"text": {"type": "string", "maxLength": 200}}, "required": ["text"]}
                        """), arguments -> "kept: " + arguments.get("text"));
        return List.of(distance, note);
    }

    /** Asks the first argument. */
    public static void main(String[] arguments) {
        try (Airframe airframe = Airframe.create();
                LLMFactory factory = new LLMFactory(AvionicsSettings.load(), airframe)) {
            converse(factory.defaultProvider(), arguments[0], System.out);
        }
    }

    static void converse(Inference inference, String question, PrintStream out) {
        try (ToolLoop loop = ToolLoop.builder(inference)
                .toolsOf(new Weather())
                .maxRounds(5)
                .timeout(Duration.ofMinutes(2))
                .build()) {
            ToolRun run = loop.run(InferenceRequest.of(question), event -> {
                out.print(event.text());
                if (event instanceof ToolEvent.ToolDone done) {
                    out.println("[" + done.call().name() + ": " + done.result().text() + "]");
                }
            });

            // The conversation goes on.
            ToolRun next = loop.run(InferenceRequest.builder()
                    .messages(run.messages())
                    .message(Message.user("Thank you. Is that warm?"))
                    .build());
            out.println();
            out.println(next.text());
            out.println(run.rounds() + " rounds, " + run.usage().total() + " tokens");
        }
    }

    static void giveUp(ToolLoop loop, PrintStream out) {
        CompletableFuture<ToolRun> running = loop.start(InferenceRequest.of("Walk through all cities."));
        running.cancel(true); // ends the answer on its way, interrupts the tools

        try {
            loop.run(InferenceRequest.of("Walk through all cities."));
        } catch (ToolLoopException e) {
            out.println(e.category() + " in round " + e.rounds() + ", "
                    + e.messages().size() + " messages kept");
        }
    }
}
