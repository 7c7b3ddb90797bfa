package dev.avionics.gateway;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.call.Delivery;
import dev.avionics.airframe.call.RandomSource;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.llm.BackendProvider;
import dev.avionics.llm.settings.ProviderId;
import dev.avionics.llm.settings.ProviderSettings;
import dev.avionics.testkit.adapter.ScriptedAdapter;
import dev.avionics.testkit.time.VirtualTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Flow;

/** Three providers that play answers in virtual time: two that cost money, and a local one that is free. */
public final class GatewayRig implements AutoCloseable {
    public static final String OPENAI = "openai";
    public static final String ANTHROPIC = "anthropic";
    public static final String OLLAMA = "ollama";

    public final VirtualTime time = VirtualTime.create();
    public final ScriptedAdapter openai = new ScriptedAdapter();
    public final ScriptedAdapter anthropic = new ScriptedAdapter();
    public final ScriptedAdapter ollama = new ScriptedAdapter();
    public final Airframe airframe;
    public final ProviderLookup providers;

    public GatewayRig() {
        airframe = Airframe.builder()
                .discover(false)
                .scheduler(time)
                .ticker(time)
                .clock(time.clock())
                .random(RandomSource.seeded(1))
                .delivery(Delivery.TRANSPORT)
                .build();
        providers = ProviderLookup.of(
                provider(ProviderId.OPENAI_COMPATIBLE, OPENAI, "gpt-4o", openai),
                provider(ProviderId.ANTHROPIC, ANTHROPIC, "claude-sonnet-4-6", anthropic),
                provider(ProviderId.OLLAMA, OLLAMA, "llama3.2", ollama));
    }

    private BackendProvider provider(ProviderId id, String name, String model, ScriptedAdapter adapter) {
        ProviderSettings settings = ProviderSettings.builder(id)
                .name(name)
                .apiKey(id == ProviderId.OLLAMA ? null : Secret.of("sk-of-" + name))
                .model(model)
                .build();
        airframe.adapters().register(BackendKind.of(settings.endpoint().kind().id()), adapter);
        return new BackendProvider(settings, airframe, time);
    }

    public GatewayBuilder gateway() {
        return LLMGateway.builder(providers, airframe).ticker(time).clock(time.clock());
    }

    public static FallbackPolicy to(String... targets) {
        return FallbackPolicy.to(
                Arrays.stream(targets).map(GatewayTarget::parse).toList());
    }

    public static InferenceException failure(ErrorCategory category) {
        return InferenceException.builder(category, "as scripted")
                .status(category == ErrorCategory.SERVER_ERROR ? 500 : 0)
                .build();
    }

    public static InferenceEvent text(String text) {
        return new InferenceEvent.TextDelta(text);
    }

    /** Reads a stream on the thread that calls, and keeps what comes. */
    public static final class Reader<E> implements Flow.Subscriber<E> {
        public final List<E> got = new ArrayList<>();
        public Flow.Subscription subscription;
        public Throwable error;
        public boolean complete;

        public static <E> Reader<E> of(Flow.Publisher<E> stream) {
            Reader<E> reader = new Reader<>();
            stream.subscribe(reader);
            reader.subscription.request(Long.MAX_VALUE);
            return reader;
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
        }

        @Override
        public void onNext(E element) {
            got.add(element);
        }

        @Override
        public void onError(Throwable why) {
            error = why;
        }

        @Override
        public void onComplete() {
            complete = true;
        }
    }

    @Override
    public void close() {
        airframe.close();
    }
}
