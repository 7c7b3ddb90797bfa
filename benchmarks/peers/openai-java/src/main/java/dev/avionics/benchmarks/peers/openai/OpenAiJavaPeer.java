package dev.avionics.benchmarks.peers.openai;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import dev.avionics.benchmarks.Arm;
import dev.avionics.benchmarks.ArmProvider;
import dev.avionics.benchmarks.ArmSettings;
import dev.avionics.benchmarks.Completion;
import dev.avionics.benchmarks.Scenario;

/**
 * OpenAI's library with its synchronous client: one client and one request object, used again for all calls. Logging
 * and response validation are off, as they are by default.
 *
 * <p>One setting departs from the defaults, in the peer's favour: the connection pool keeps a connection for every call
 * in flight, where the default keeps five and would connect anew for most calls.
 */
public final class OpenAiJavaPeer implements ArmProvider {
    @Override
    public String name() {
        return "openai-java";
    }

    @Override
    public Arm open(ArmSettings settings) {
        OpenAIClient client = OpenAIOkHttpClient.builder()
                .baseUrl(settings.baseUrl())
                .apiKey("benchmark-key")
                .maxIdleConnections(settings.inFlight())
                .keepAliveDuration(Calls.KEEP_ALIVE)
                .build();
        return new SyncArm(client, settings.scenario(), Calls.params(settings.scenario()));
    }

    private record SyncArm(OpenAIClient client, Scenario scenario, ChatCompletionCreateParams params) implements Arm {
        @Override
        public void call(Completion completion) {
            if (scenario == Scenario.WHOLE) {
                Calls.whole(client.chat().completions().create(params), completion);
                return;
            }
            Calls.Sum sum = new Calls.Sum();
            try (StreamResponse<ChatCompletionChunk> response =
                    client.chat().completions().createStreaming(params)) {
                response.stream().forEach(sum::add);
            }
            sum.complete(completion);
        }

        @Override
        public boolean blocking() {
            return true;
        }

        @Override
        public void close() {
            client.close();
        }
    }
}
