package dev.avionics.server.cli;

import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.Ticker;
import dev.avionics.airframe.json.JsonWriter;
import dev.avionics.llm.LLMProvider;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code embed}. */
@picocli.CommandLine.Command(
        name = "embed",
        description = {
            "Prints the vector of a text as a JSON array, or its length.",
            "",
            "The text is the arguments, and under them all that comes through standard input. With --json it prints an"
                    + " object of embedding, dimensions, usage, provider, model and latencyMs.",
            ""
        })
final class EmbedCommand extends Command {
    @Option(names = "--length", description = "Print how many numbers the vector has, and not the vector.")
    boolean length;

    @Option(names = "--dimensions", paramLabel = "NUMBER", description = "The wanted length. Default: the model's.")
    @Nullable
    Integer dimensions;

    @Parameters(arity = "0..*", paramLabel = "TEXT", description = "The text; - waits for standard input.")
    List<String> words = List.of();

    EmbedCommand(Program program) {
        super(program);
    }

    @Override
    int run(Session session) throws Exception {
        Prompt prompt = Prompt.of(words, console());
        // The model that was named is one for embeddings: it is no default for answers.
        Session.Choice choice = session.chooseForEmbedding();
        program().keyHint(session.keyHint(choice.settings()));
        LLMProvider provider = choice.provider();
        EmbeddingRequest request = new EmbeddingRequest(List.of(prompt.text()), dimensions, null, Map.of());
        CallContext context =
                provider.newCall().withTimeouts(backend.timeouts()).observedBy(session.report());
        Ticker ticker = Ticker.system();
        long begin = ticker.nanoTime();
        EmbeddingResult result = provider.embed(backend.model, request, context).join();
        Duration latency = Duration.ofNanos(ticker.nanoTime() - begin);
        float[] vector = result.vectors().get(0);
        if (length) {
            console().answerLine(Integer.toString(vector.length));
        } else if (backend.json) {
            console().answerLine(object(provider.name(), result, vector, latency));
        } else {
            JsonWriter json = new JsonWriter();
            write(json, vector);
            console().answerLine(json.toString());
        }
        return ExitCode.DONE;
    }

    private static String object(String provider, EmbeddingResult result, float[] vector, Duration latency) {
        JsonWriter json = new JsonWriter().beginObject().name("embedding");
        write(json, vector);
        json.field("dimensions", vector.length).name("usage");
        Answer.write(json, result.usage());
        String named = result.model();
        json.field("provider", provider)
                .field("model", named == null ? result.target().model() : named)
                .field("latencyMs", latency.toMillis());
        return json.endObject().toString();
    }

    private static void write(JsonWriter json, float[] vector) {
        json.beginArray();
        for (float number : vector) {
            json.value(number);
        }
        json.endArray();
    }
}
