package dev.avionics.benchmarks.peers.openai;

import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.CompletionUsage;
import dev.avionics.benchmarks.Completion;
import dev.avionics.benchmarks.Scenario;
import java.time.Duration;

/** What the synchronous and the asynchronous arm share: the request and the reading of the answers. */
final class Calls {
    /** Idle connections are kept this long. */
    static final Duration KEEP_ALIVE = Duration.ofMinutes(5);

    private Calls() {}

    static ChatCompletionCreateParams params(Scenario scenario) {
        ChatCompletionCreateParams.Builder builder = ChatCompletionCreateParams.builder()
                .model(Scenario.MODEL)
                .addSystemMessage(Scenario.SYSTEM)
                .addUserMessage(Scenario.USER);
        if (scenario == Scenario.STREAM) {
            builder.streamOptions(
                    ChatCompletionStreamOptions.builder().includeUsage(true).build());
        }
        return builder.build();
    }

    static void whole(ChatCompletion answer, Completion completion) {
        ChatCompletion.Choice choice = answer.choices().get(0);
        CompletionUsage usage = answer.usage().orElseThrow();
        completion.read(
                choice.message().content().orElseThrow().length(),
                (int) usage.promptTokens(),
                (int) usage.completionTokens(),
                choice.finishReason().equals(ChatCompletion.Choice.FinishReason.STOP));
    }

    /** Sums up one streamed answer; the library's own accumulator is left out, to the peer's advantage. */
    static final class Sum {
        private int textLength;
        private int inputTokens;
        private int outputTokens;
        private boolean stopped;

        void add(ChatCompletionChunk chunk) {
            for (ChatCompletionChunk.Choice choice : chunk.choices()) {
                choice.delta().content().ifPresent(text -> textLength += text.length());
                choice.finishReason()
                        .ifPresent(reason -> stopped = reason.equals(ChatCompletionChunk.Choice.FinishReason.STOP));
            }
            chunk.usage().ifPresent(usage -> {
                inputTokens = (int) usage.promptTokens();
                outputTokens = (int) usage.completionTokens();
            });
        }

        void complete(Completion completion) {
            completion.read(textLength, inputTokens, outputTokens, stopped);
        }
    }
}
