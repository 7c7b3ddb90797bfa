package dev.avionics.server.cli;

import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.llm.settings.AvionicsSettings;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say how an answer is made. */
final class AnswerOptions {
    @Option(names = "--system", paramLabel = "TEXT", description = "Instructions to the model.")
    @Nullable
    String system;

    @Option(
            names = "--temperature",
            paramLabel = "NUMBER",
            description = "How freely tokens are chosen; 0 for the likeliest. Default: the backend's.")
    @Nullable
    Double temperature;

    @Option(
            names = "--max-tokens",
            paramLabel = "NUMBER",
            description = "The most tokens of an answer. Default: the backend's.")
    @Nullable
    Integer maxTokens;

    @Option(names = "--no-stream", description = "Ask for the whole answer at once.")
    boolean noStream;

    /** A request for the conversation, with these options and those of the settings that are not given here. */
    InferenceRequest request(List<Message> conversation, AvionicsSettings settings) {
        InferenceRequest.Builder request =
                InferenceRequest.builder().temperature(temperature(settings)).maxTokens(maxTokens(settings)).stream(
                        !noStream);
        if (system != null) {
            request.message(Message.system(system));
        }
        conversation.forEach(request::message);
        return request.build();
    }

    @Nullable
    Double temperature(AvionicsSettings settings) {
        return temperature != null
                ? temperature
                : settings.text("llm.temperature").map(Double::valueOf).orElse(null);
    }

    @Nullable
    Integer maxTokens(AvionicsSettings settings) {
        return maxTokens != null
                ? maxTokens
                : settings.text("llm.max-tokens").map(Integer::valueOf).orElse(null);
    }
}
