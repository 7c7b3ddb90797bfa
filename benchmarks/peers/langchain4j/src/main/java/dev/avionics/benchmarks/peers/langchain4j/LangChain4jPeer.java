package dev.avionics.benchmarks.peers.langchain4j;

import dev.avionics.benchmarks.Arm;
import dev.avionics.benchmarks.ArmProvider;
import dev.avionics.benchmarks.ArmSettings;
import dev.avionics.benchmarks.Scenario;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.http.client.jdk.JdkHttpClient;
import dev.langchain4j.http.client.jdk.JdkHttpClientBuilder;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.net.http.HttpClient;
import java.util.List;

/**
 * LangChain4j's OpenAI module: one model object, used again for all calls, with its default client, that of the JDK.
 * Logging of requests and answers is off, as it is by default.
 *
 * <p>One setting departs from the defaults, in the peer's favour: HTTP/1.1 is asked for. Over plain TCP the JDK client
 * would else send an upgrade to HTTP/2 with every request, which does not happen with a hosted backend over TLS.
 */
public final class LangChain4jPeer implements ArmProvider {
    static final List<ChatMessage> MESSAGES =
            List.of(SystemMessage.from(Scenario.SYSTEM), UserMessage.from(Scenario.USER));

    @Override
    public String name() {
        return "langchain4j";
    }

    @Override
    public Arm open(ArmSettings settings) {
        if (settings.scenario() == Scenario.WHOLE) {
            return new WholeArm(OpenAiChatModel.builder()
                    .httpClientBuilder(http())
                    .baseUrl(settings.baseUrl())
                    .apiKey("benchmark-key")
                    .modelName(Scenario.MODEL)
                    .build());
        }
        return new StreamArm(OpenAiStreamingChatModel.builder()
                .httpClientBuilder(http())
                .baseUrl(settings.baseUrl())
                .apiKey("benchmark-key")
                .modelName(Scenario.MODEL)
                .build());
    }

    private static JdkHttpClientBuilder http() {
        return JdkHttpClient.builder().httpClientBuilder(HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1));
    }
}
