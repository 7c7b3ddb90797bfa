package dev.avionics.examples;

import com.google.inject.AbstractModule;
import dev.avionics.Avionics;
import dev.avionics.GatewayModule;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.stream.EventCursor;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.gateway.FallbackPolicy;
import dev.avionics.gateway.GatewayCall;
import dev.avionics.gateway.GatewayLayer;
import dev.avionics.gateway.GatewayRequest;
import dev.avionics.gateway.GatewayResponse;
import dev.avionics.gateway.GatewayStats;
import dev.avionics.gateway.GatewayTarget;
import dev.avionics.gateway.LLMGateway;
import dev.avionics.gateway.StreamingChunk;
import dev.avionics.llm.settings.AvionicsSettings;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Calls through a gateway: whole, piece by piece, with another target at hand, with a layer of the program's own. */
public final class GatewayExample {
    private GatewayExample() {}

    static void whole(AvionicsSettings settings, PrintStream out) {
        // whole
        try (LLMGateway gateway = LLMGateway.builder(settings).build()) {
            GatewayResponse response = gateway.complete(GatewayRequest.builder("Review this: int x = null;")
                    .system("You are a code reviewer.")
                    .agent("planner")
                    .temperature(0.3)
                    .build());
            out.println(response.text());
            out.println(response.tokensUsed() + " tokens, " + response.cost() + ", by " + response.provider());
        }
        // end
    }

    static void stream(LLMGateway gateway, PrintStream out) {
        // stream
        try (EventCursor<StreamingChunk> chunks =
                gateway.completeStream(GatewayRequest.of("Tell me a story.")).open()) {
            while (chunks.hasNext()) {
                StreamingChunk chunk = chunks.next();
                out.print(chunk.text());
                if (chunk.isFinal()) {
                    out.println(" (" + chunk.cumulativeTokens() + " tokens)");
                }
            }
        }
        // end
    }

    static LLMGateway withFallback(AvionicsSettings settings) {
        // fallback
        FallbackPolicy fallback = FallbackPolicy.to(
                        List.of(GatewayTarget.parse("anthropic/claude-sonnet-4-6"), GatewayTarget.of("ollama")))
                .with(ErrorCategory.CONTEXT_LENGTH, List.of(GatewayTarget.parse("gemini/gemini-3.8-flash")));
        return LLMGateway.builder(settings).fallback(fallback).build();
        // end
    }

    static String client(LLMGateway gateway) {
        // client
        return gateway.client().complete("Why is the sky blue?");
        // end
    }

    static void stats(LLMGateway gateway, PrintStream out) {
        // stats
        GatewayStats stats = gateway.stats();
        out.println(stats.totalRequests() + " calls for " + stats.totalCostUsd() + " USD");
        stats.byProvider().forEach((name, part) -> out.println(name + ": " + part.avgLatencyMs() + " ms"));
        // end
    }

    // layer
    /** Refuses nothing and counts what is asked. */
    static final class CountingLayer implements GatewayLayer {
        final List<String> agents = new CopyOnWriteArrayList<>();

        @Override
        public InferenceStream<InferenceEvent> infer(GatewayRequest request, GatewayCall call, Next next) {
            agents.add(call.agent());
            return next.infer(request, call);
        }
    }
    // end

    static Avionics withLayer(AvionicsSettings settings, CountingLayer counting) {
        // guice
        return Avionics.create(settings, new AbstractModule() {
            @Override
            protected void configure() {
                GatewayModule.customizers(binder()).addBinding().toInstance(gateway -> gateway.layer(150, counting));
            }
        });
        // end
    }
}
