package dev.avionics.benchmarks.peers.langchain4j;

import dev.avionics.benchmarks.Arm;
import dev.avionics.benchmarks.Completion;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;

/** Whole answers through the synchronous model, the only one that LangChain4j has for them. */
record WholeArm(OpenAiChatModel model) implements Arm {
    @Override
    public void call(Completion completion) {
        ChatResponse response = model.chat(LangChain4jPeer.MESSAGES);
        TokenUsage usage = response.tokenUsage();
        completion.read(
                response.aiMessage().text().length(),
                usage.inputTokenCount(),
                usage.outputTokenCount(),
                response.finishReason() == FinishReason.STOP);
    }

    @Override
    public boolean blocking() {
        return true;
    }

    @Override
    public void close() {
        // The JDK client of Java 17 has nothing to close.
    }
}
