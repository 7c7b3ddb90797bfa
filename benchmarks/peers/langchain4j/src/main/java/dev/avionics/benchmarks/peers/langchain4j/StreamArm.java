package dev.avionics.benchmarks.peers.langchain4j;

import dev.avionics.benchmarks.Arm;
import dev.avionics.benchmarks.Completion;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;

/** Streamed answers; the text is counted as its pieces arrive. */
record StreamArm(OpenAiStreamingChatModel model) implements Arm {
    @Override
    public void call(Completion completion) {
        model.chat(LangChain4jPeer.MESSAGES, new Handler(completion));
    }

    @Override
    public boolean blocking() {
        return false;
    }

    @Override
    public void close() {
        // The JDK client of Java 17 has nothing to close.
    }

    private static final class Handler implements StreamingChatResponseHandler {
        private final Completion completion;
        private int textLength;

        Handler(Completion completion) {
            this.completion = completion;
        }

        @Override
        public void onPartialResponse(String text) {
            textLength += text.length();
        }

        @Override
        public void onCompleteResponse(ChatResponse response) {
            TokenUsage usage = response.tokenUsage();
            completion.read(
                    textLength,
                    usage.inputTokenCount(),
                    usage.outputTokenCount(),
                    response.finishReason() == FinishReason.STOP);
        }

        @Override
        public void onError(Throwable error) {
            completion.failed(error);
        }
    }
}
