package dev.avionics.testkit.record;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.call.Delivery;
import dev.avionics.airframe.call.RetryPolicy;
import dev.avionics.airframe.http.HttpTransport;
import dev.avionics.airframe.spi.CredentialSource;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.testkit.time.VirtualTime;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;

/** Calls one after the other, and all that was seen of them, as text. */
final class Talk implements AutoCloseable {
    static final String MODEL = "simulated-1";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Airframe airframe;
    private final VirtualTime time;
    private final Target target;
    private final List<String> seen = new ArrayList<>();

    private Talk(Airframe airframe, VirtualTime time, Target target) {
        this.airframe = airframe;
        this.time = time;
        this.target = target;
    }

    /** Over real sockets, in real time. */
    static Talk live(Target target, UnaryOperator<HttpTransport> around) {
        return new Talk(
                Airframe.builder().random(() -> 0.0).transportAround(around).build(), null, target);
    }

    /** Over a transport in virtual time. */
    static Talk virtual(Target target, VirtualTime time, HttpTransport transport) {
        Airframe airframe = Airframe.builder()
                .random(() -> 0.0)
                .transport(transport)
                .scheduler(time)
                .ticker(time)
                .clock(time.clock())
                .delivery(Delivery.on(Runnable::run))
                .build();
        return new Talk(airframe, time, target);
    }

    static Target target(URI base, BackendKind kind, String apiType, String key) {
        return new Target(
                EndpointSpec.builder("recorded", base, kind)
                        .apiType(apiType)
                        .credentials(CredentialSource.key(Secret.of(key)))
                        .build(),
                MODEL);
    }

    static InferenceRequest.Builder ask(String text) {
        return InferenceRequest.builder()
                .message(Message.user(text))
                .temperature(0.0)
                .maxTokens(200);
    }

    Talk infer(InferenceRequest request, RetryPolicy policy) {
        add(events(airframe.infer(target, request, airframe.newCall(), policy)));
        return this;
    }

    Talk infer(InferenceRequest request) {
        return infer(request, RetryPolicy.NEVER);
    }

    Talk models() {
        add(airframe.models(target, airframe.newCall()).thenApply(String::valueOf));
        return this;
    }

    Talk health() {
        add(airframe.health(target, airframe.newCall()).thenApply(state -> String.valueOf(state.status())));
        return this;
    }

    Talk embed(String... texts) {
        EmbeddingRequest request = new EmbeddingRequest(List.of(texts), null, null, Map.of());
        add(airframe.embed(target, request, airframe.newCall())
                .thenApply(result ->
                        result.vectors().stream().map(Arrays::toString).toList() + " " + result.usage()));
        return this;
    }

    /** A streamed and a whole answer, the models, the health, vectors, tools, thinking, and a request that is refused. */
    Talk all(boolean tools) {
        models().health()
                .infer(ask("Hello?").build())
                .infer(ask("Hello?").stream(false).build());
        embed("one", "two");
        if (tools) {
            ToolSpec tool = new ToolSpec(
                    "weather",
                    "Tells the weather",
                    "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}},\"required\":[\"city\"]}",
                    false);
            infer(ask("And in Paris?").tool(tool).build());
        }
        return infer(ask("It is too long: " + "word ".repeat(5000)).build());
    }

    /** All that was seen, with the address of the backend replaced. */
    List<String> seen() {
        URI base = target.endpoint().baseUrl();
        return seen.stream()
                .map(line -> line.replace(base.getAuthority(), "BASE").replace(base.getHost(), "BASE"))
                // Made for each call anew where the backend gives none.
                .map(line -> line.replaceAll("call_[A-Za-z0-9]{24}", "call_MADE"))
                .toList();
    }

    private static CompletableFuture<String> events(InferenceStream<InferenceEvent> stream) {
        StringBuilder text = new StringBuilder();
        CompletableFuture<String> over = new CompletableFuture<>();
        stream.subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(InferenceEvent event) {
                text.append(event).append('\n');
            }

            @Override
            public void onError(Throwable e) {
                over.complete(text.append(words(e)).toString());
            }

            @Override
            public void onComplete() {
                over.complete(text.append("complete").toString());
            }
        });
        return over;
    }

    private void add(CompletableFuture<String> call) {
        for (int i = 0; time != null && !call.isDone(); i++) {
            if (i > 100_000 || time.advanceToNext().isEmpty()) {
                throw new AssertionError("the call has not ended, and nothing is left to happen; so far: " + seen);
            }
        }
        try {
            seen.add(call.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            seen.add(words(e.getCause()));
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("no answer; so far: " + seen, e);
        }
    }

    /** Without the address, which is another when it is played. */
    private static String words(Throwable error) {
        return error.getClass().getName() + ": " + error.getMessage();
    }

    @Override
    public void close() {
        airframe.close();
    }
}
