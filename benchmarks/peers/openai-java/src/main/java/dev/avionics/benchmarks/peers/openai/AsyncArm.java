package dev.avionics.benchmarks.peers.openai;

import com.openai.client.OpenAIClientAsync;
import com.openai.client.okhttp.OpenAIOkHttpClientAsync;
import com.openai.core.http.AsyncStreamResponse;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import dev.avionics.benchmarks.Arm;
import dev.avionics.benchmarks.ArmSettings;
import dev.avionics.benchmarks.Completion;
import dev.avionics.benchmarks.Scenario;
import java.util.Optional;

/** The asynchronous client. */
record AsyncArm(OpenAIClientAsync client, Scenario scenario, ChatCompletionCreateParams params) implements Arm {
    static AsyncArm open(ArmSettings settings) {
        OpenAIClientAsync client = OpenAIOkHttpClientAsync.builder()
                .baseUrl(settings.baseUrl())
                .apiKey("benchmark-key")
                .maxIdleConnections(settings.inFlight())
                .keepAliveDuration(Calls.KEEP_ALIVE)
                .build();
        return new AsyncArm(client, settings.scenario(), Calls.params(settings.scenario()));
    }

    @Override
    public void call(Completion completion) {
        if (scenario == Scenario.WHOLE) {
            client.chat().completions().create(params).whenComplete((answer, failure) -> {
                if (failure != null) {
                    completion.failed(failure);
                } else {
                    Calls.whole(answer, completion);
                }
            });
        } else {
            client.chat().completions().createStreaming(params).subscribe(new Handler(completion));
        }
    }

    @Override
    public boolean blocking() {
        return false;
    }

    @Override
    public void close() {
        client.close();
    }

    private static final class Handler implements AsyncStreamResponse.Handler<ChatCompletionChunk> {
        private final Completion completion;
        private final Calls.Sum sum = new Calls.Sum();

        Handler(Completion completion) {
            this.completion = completion;
        }

        @Override
        public void onNext(ChatCompletionChunk chunk) {
            sum.add(chunk);
        }

        @Override
        public void onComplete(Optional<Throwable> failure) {
            if (failure.isPresent()) {
                completion.failed(failure.get());
            } else {
                sum.complete(completion);
            }
        }
    }
}
