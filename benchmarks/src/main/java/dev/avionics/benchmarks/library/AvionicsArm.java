package dev.avionics.benchmarks.library;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.spi.CredentialSource;
import dev.avionics.benchmarks.Arm;
import dev.avionics.benchmarks.ArmProvider;
import dev.avionics.benchmarks.ArmSettings;
import dev.avionics.benchmarks.Completion;
import dev.avionics.benchmarks.Scenario;
import java.net.URI;
import java.util.concurrent.Flow;

/** Avionics with its defaults: retry engine, clocks, delivery off the transport's threads. */
public final class AvionicsArm implements ArmProvider {
    @Override
    public String name() {
        return "avionics";
    }

    @Override
    public Arm open(ArmSettings settings) {
        Airframe airframe = Airframe.create();
        EndpointSpec endpoint = EndpointSpec.builder(
                        "upstream", URI.create(settings.baseUrl()), BackendKind.OPENAI_CHAT)
                .credentials(CredentialSource.key(Secret.of("key-of-the-benchmark")))
                .build();
        InferenceRequest request =
                InferenceRequest.builder()
                        .message(Message.system(Scenario.SYSTEM))
                        .message(Message.user(Scenario.USER))
                        .stream(settings.scenario() == Scenario.STREAM)
                        .build();
        Calls calls = new Calls(airframe, new Target(endpoint, Scenario.MODEL), request);
        return settings.scenario() == Scenario.STREAM ? new Streamed(calls) : new Whole(calls);
    }

    private record Calls(Airframe airframe, Target target, InferenceRequest request) {}

    private record Whole(Calls calls) implements Arm {
        @Override
        public void call(Completion completion) {
            calls.airframe
                    .infer(calls.target, calls.request, calls.airframe.newCall())
                    .collect()
                    .whenComplete((result, error) -> {
                        if (error != null) {
                            completion.failed(error);
                        } else {
                            tell(completion, result.text().length(), result.usage(), result.finish());
                        }
                    });
        }

        @Override
        public boolean blocking() {
            return false;
        }

        @Override
        public void close() {
            calls.airframe.close();
        }
    }

    private record Streamed(Calls calls) implements Arm {
        @Override
        public void call(Completion completion) {
            calls.airframe
                    .infer(calls.target, calls.request, calls.airframe.newCall())
                    .subscribe(new Reader(completion));
        }

        @Override
        public boolean blocking() {
            return false;
        }

        @Override
        public void close() {
            calls.airframe.close();
        }
    }

    private static void tell(Completion completion, int length, Usage usage, FinishReason finish) {
        completion.read(
                length,
                (int) usage.inputTotal().value(),
                (int) usage.outputTotal().value(),
                finish == FinishReason.STOP);
    }

    /** Counts the text as its pieces arrive. */
    private static final class Reader implements Flow.Subscriber<InferenceEvent> {
        private final Completion completion;
        private int length;
        private Usage usage = Usage.absent();
        private FinishReason finish = FinishReason.OTHER;

        Reader(Completion completion) {
            this.completion = completion;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(InferenceEvent event) {
            if (event instanceof InferenceEvent.TextDelta text) {
                length += text.text().length();
            } else if (event instanceof InferenceEvent.Completed completed) {
                usage = completed.usage();
                finish = completed.finish();
            }
        }

        @Override
        public void onError(Throwable error) {
            completion.failed(error);
        }

        @Override
        public void onComplete() {
            tell(completion, length, usage, finish);
        }
    }
}
