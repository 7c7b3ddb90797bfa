package dev.avionics.benchmarks.peers.openai;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import dev.avionics.benchmarks.Arm;
import dev.avionics.benchmarks.ArmSettings;
import dev.avionics.benchmarks.Completion;
import dev.avionics.benchmarks.Scenario;

/** The synchronous client, with a thread per call in flight. */
record SyncArm(OpenAIClient client, Scenario scenario, ChatCompletionCreateParams params) implements Arm {
    static SyncArm open(ArmSettings settings) {
        OpenAIClient client = OpenAIOkHttpClient.builder()
                .baseUrl(settings.baseUrl())
                .apiKey("benchmark-key")
                .maxIdleConnections(settings.inFlight())
                .keepAliveDuration(Calls.KEEP_ALIVE)
                .build();
        return new SyncArm(client, settings.scenario(), Calls.params(settings.scenario()));
    }

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
