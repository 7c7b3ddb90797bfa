package dev.avionics.llm.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.call.Delivery;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.Outcome;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricDataType;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("row-135")
class CallTelemetryTest {
    private static final Target TARGET = new Target(
            EndpointSpec.builder("claude", URI.create("https://api.anthropic.com"), BackendKind.ANTHROPIC_MESSAGES)
                    .build(),
            "m");
    private static final Usage USAGE = Usage.builder()
            .inputUncached(TokenCount.known(5))
            .cacheRead(TokenCount.known(100))
            .cacheWriteShort(TokenCount.known(20))
            .cacheWriteLong(TokenCount.known(3))
            .output(TokenCount.known(7))
            .reasoning(TokenCount.known(2))
            .build();
    private static final CallContext CONTEXT =
            CallContext.create(Delivery.TRANSPORT).with("agent", "planner").with("conversation", "c-1");

    private final Recorded recorded = new Recorded();
    private long now;

    @AfterEach
    void close() {
        recorded.close();
    }

    private LLMTelemetry telemetry(TelemetryOptions options) {
        return LLMTelemetry.builder(recorded.sdk)
                .options(options)
                .ticker(() -> now)
                .cost((target, usage) -> target.endpoint().name().equals("claude")
                        ? OptionalLong.of(usage.total().value() * 10)
                        : OptionalLong.empty())
                .build();
    }

    private static TelemetryCall call(InferenceRequest request) {
        return TelemetryCall.chat("anthropic", TARGET, request, CONTEXT);
    }

    private static TelemetryCall call() {
        return call(InferenceRequest.of("Hi").toBuilder().stream(false).build());
    }

    private static Outcome done(Usage usage) {
        return new Outcome.Done(new InferenceEvent.Completed(FinishReason.STOP, "end_turn", usage, "r-1", "m-2026"));
    }

    private static void run(CallTelemetry told, Outcome outcome) {
        told.attemptStarted(1, TARGET);
        told.ended(outcome);
    }

    private static Map<String, Object> attributes(SpanData span) {
        return Recorded.map(span.getAttributes());
    }

    @Test
    void cachedCall_ofAnthropic_hasTheSumAsItsInput_andBothNamesOfCacheWrites() {
        run(telemetry(TelemetryOptions.DEFAULT).start(call()), done(USAGE));

        Map<String, Object> found = attributes(recorded.span("chat m"));
        found.remove("avionics.request.id");
        assertThat(found)
                .isEqualTo(Map.ofEntries(
                        Map.entry("gen_ai.operation.name", "chat"),
                        Map.entry("gen_ai.provider.name", "anthropic"),
                        Map.entry("gen_ai.conversation.id", "c-1"),
                        Map.entry("gen_ai.request.model", "m"),
                        Map.entry("gen_ai.response.model", "m-2026"),
                        Map.entry("gen_ai.response.id", "r-1"),
                        Map.entry("gen_ai.response.finish_reasons", List.of("stop")),
                        Map.entry("gen_ai.usage.input_tokens", 128L),
                        Map.entry("gen_ai.usage.output_tokens", 9L),
                        Map.entry("gen_ai.usage.cache_read.input_tokens", 100L),
                        Map.entry("gen_ai.usage.cache_creation.input_tokens", 23L),
                        Map.entry("gen_ai.usage.cache_write.input_tokens", 23L),
                        Map.entry("gen_ai.usage.reasoning.output_tokens", 2L),
                        Map.entry("server.address", "api.anthropic.com"),
                        Map.entry("server.port", 443L),
                        Map.entry("avionics.agent", "planner"),
                        Map.entry("avionics.provider", "anthropic"),
                        Map.entry("avionics.endpoint", "claude"),
                        Map.entry("avionics.attempt.count", 1L),
                        Map.entry("avionics.cost.usd_micros", 1370L)));
    }

    @Test
    void usage_ofAnyBuckets_neverHasMoreCachedThanInput() {
        Random random = new Random(11);
        for (int i = 0; i < 500; i++) {
            Usage usage = Usage.builder()
                    .cacheRead(count(random))
                    .cacheWriteShort(count(random))
                    .cacheWriteLong(count(random))
                    .audioInput(count(random))
                    .inputUncached(count(random))
                    .reasoning(count(random))
                    .output(count(random))
                    .build();
            Map<String, Object> found = new java.util.HashMap<>();
            GenAiSemconv.Sink sink = new GenAiSemconv.Sink() {
                @Override
                public <T> void set(AttributeKey<T> key, T value) {
                    found.put(key.getKey(), value);
                }
            };
            UsageFacts.put(SemconvVersion.LATEST, sink, usage, false);

            long input = (long) found.getOrDefault("gen_ai.usage.input_tokens", 0L);
            long cached = (long) found.getOrDefault("gen_ai.usage.cache_read.input_tokens", 0L)
                    + (long) found.getOrDefault("gen_ai.usage.cache_write.input_tokens", 0L);
            assertThat(cached).isLessThanOrEqualTo(input);
            assertThat((long) found.getOrDefault("gen_ai.usage.reasoning.output_tokens", 0L))
                    .isLessThanOrEqualTo((long) found.getOrDefault("gen_ai.usage.output_tokens", 0L));
        }
    }

    private static TokenCount count(Random random) {
        return random.nextInt(3) == 0 ? TokenCount.absent() : TokenCount.known(random.nextInt(1000));
    }

    @Test
    void stream_measuresItsChunks_eachGapAfterTheFirst() {
        CallTelemetry told = telemetry(TelemetryOptions.DEFAULT).start(call(InferenceRequest.of("Hi")));
        CallTelemetryEvents.through(
                told,
                TARGET,
                () -> now += 1_000_000_000L,
                new InferenceEvent.TextDelta("a"),
                new InferenceEvent.TextDelta("b"),
                new InferenceEvent.ThinkingDelta("c"),
                new InferenceEvent.Completed(FinishReason.STOP, "stop", USAGE, "r", "m"));

        assertThat(points("gen_ai.client.operation.time_to_first_chunk"))
                .singleElement()
                .satisfies(point -> {
                    assertThat(point.getCount()).isEqualTo(1);
                    assertThat(point.getSum()).isEqualTo(1.0);
                });
        assertThat(points("gen_ai.client.operation.time_per_output_chunk"))
                .singleElement()
                .satisfies(point -> {
                    assertThat(point.getCount()).isEqualTo(2);
                    assertThat(point.getSum()).isEqualTo(2.0);
                });
        assertThat(points("gen_ai.client.operation.duration")).singleElement().satisfies(point -> {
            assertThat(point.getSum()).isEqualTo(4.0);
            assertThat(point.getBoundaries()).startsWith(0.01).endsWith(81.92).hasSize(14);
        });
        assertThat(attributes(recorded.span("chat m"))).containsEntry("gen_ai.response.time_to_first_chunk", 1.0);
    }

    private List<HistogramPointData> points(String metric) {
        return recorded.points(metric).stream()
                .map(HistogramPointData.class::cast)
                .toList();
    }

    @Test
    void newest_hasOtherNamesAndOtherInstruments_andNoneOfTheOld() {
        LLMTelemetry telemetry = telemetry(
                TelemetryOptions.builder().semconv(SemconvVersion.LATEST).build());
        run(telemetry.start(call()), done(USAGE));

        assertThat(recorded.metrics().keySet())
                .containsExactly(
                        "gen_ai.client.inference.duration",
                        "gen_ai.client.inference.operation.input_tokens",
                        "gen_ai.client.inference.operation.output_tokens",
                        "gen_ai.client.inference.usage.cache_read.input_tokens",
                        "gen_ai.client.inference.usage.cache_write.input_tokens",
                        "gen_ai.client.inference.usage.input_tokens",
                        "gen_ai.client.inference.usage.output_tokens",
                        "gen_ai.client.inference.usage.reasoning.output_tokens");
        assertThat(recorded.metrics()
                        .get("gen_ai.client.inference.usage.input_tokens")
                        .getType())
                .isEqualTo(MetricDataType.LONG_SUM);
        assertThat(recorded.points("gen_ai.client.inference.usage.input_tokens"))
                .singleElement()
                .satisfies(point -> {
                    assertThat(((LongPointData) point).getValue()).isEqualTo(128);
                    assertThat(Recorded.map(point.getAttributes())).containsEntry("gen_ai.token.modality", "text");
                });
        assertThat(attributes(recorded.span("chat m")))
                .containsEntry("gen_ai.usage.cache_write.input_tokens", 23L)
                .doesNotContainKey("gen_ai.usage.cache_creation.input_tokens");
        assertThat(recorded.span("chat m").getInstrumentationScopeInfo().getSchemaUrl())
                .isEqualTo("https://opentelemetry.io/schemas/gen-ai/1.42.0");
    }

    @Test
    void usage_thatNobodyTold_isNotGuessed_andCounted() {
        run(telemetry(TelemetryOptions.DEFAULT).start(call()), done(Usage.estimated(4, 5)));

        assertThat(recorded.metrics().keySet())
                .containsExactly("avionics.usage.missing", "gen_ai.client.operation.duration");
        assertThat(attributes(recorded.span("chat m")))
                .containsEntry("avionics.usage.missing", true)
                .containsEntry("avionics.usage.estimated", true)
                .doesNotContainKey("gen_ai.usage.input_tokens");
    }

    @Test
    void usage_thatIsGuessed_isRecordedIfThatIsWanted() {
        run(telemetry(TelemetryOptions.builder().estimates(true).build()).start(call()), done(Usage.estimated(4, 5)));

        assertThat(attributes(recorded.span("chat m")))
                .containsEntry("gen_ai.usage.input_tokens", 4L)
                .containsEntry("avionics.usage.estimated", true);
        assertThat(recorded.metrics()).containsKey("gen_ai.client.token.usage");
    }

    @Test
    void usage_thatNobodyTold_isZeroOfAnUnknownKindInTheNewest() {
        run(
                telemetry(TelemetryOptions.builder()
                                .semconv(SemconvVersion.LATEST)
                                .build())
                        .start(call()),
                done(Usage.absent()));

        assertThat(recorded.points("gen_ai.client.inference.usage.input_tokens"))
                .singleElement()
                .satisfies(point -> {
                    assertThat(((LongPointData) point).getValue()).isZero();
                    assertThat(Recorded.map(point.getAttributes())).containsEntry("gen_ai.token.modality", "unknown");
                });
    }

    @Test
    void namesOfModels_byTheThousand_makeFewSeries() {
        LLMTelemetry telemetry = telemetry(TelemetryOptions.DEFAULT);
        telemetry.knowModel("known");
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 50_000; i++) {
            names.add("model-" + i);
        }
        names.add("known");
        for (String name : names) {
            Target target = new Target(TARGET.endpoint(), name);
            CallTelemetry told =
                    telemetry.start(TelemetryCall.chat("anthropic", target, InferenceRequest.of("Hi"), CONTEXT));
            CallTelemetryEvents.through(
                    told,
                    target,
                    () -> now++,
                    new InferenceEvent.TextDelta("a"),
                    new InferenceEvent.TextDelta("b"),
                    new InferenceEvent.Completed(FinishReason.STOP, "stop", USAGE, "r", name));
        }

        long series = recorded.metrics().values().stream()
                .mapToLong(metric -> metric.getData().getPoints().size())
                .sum();
        assertThat(series).isBetween(5L * 33, 200L);
        assertThat(recorded.points("gen_ai.client.operation.duration"))
                .extracting(point -> Recorded.map(point.getAttributes()).get("gen_ai.request.model"))
                .contains("known", "_OTHER", "model-0")
                .doesNotContain("model-49999");
        assertThat(recorded.spans()).extracting(SpanData::getName).contains("chat model-49999");
    }

    @Test
    void failedCalls_ofNamesThatNobodyAnswersTo_takeNoSeries() {
        LLMTelemetry telemetry = telemetry(TelemetryOptions.DEFAULT);
        for (int i = 0; i < 100; i++) {
            Target target = new Target(TARGET.endpoint(), "no-" + i);
            CallTelemetry told =
                    telemetry.start(TelemetryCall.chat("anthropic", target, InferenceRequest.of("Hi"), CONTEXT));
            told.attemptStarted(1, target);
            told.ended(new Outcome.Failed(InferenceException.builder(ErrorCategory.MODEL_NOT_FOUND, "no")
                    .status(404)
                    .build()));
        }
        run(telemetry.start(call()), done(USAGE));

        assertThat(recorded.points("gen_ai.client.operation.duration"))
                .extracting(point -> Recorded.map(point.getAttributes()).get("gen_ai.request.model"))
                .containsExactlyInAnyOrder("_OTHER", "m");
    }

    @Test
    void cutStream_hasErrorInPlaceOfAFinishReason_andNoWordsOfTheBackend() {
        CallTelemetry told = telemetry(TelemetryOptions.DEFAULT).start(call(InferenceRequest.of("Hi")));
        CallTelemetryEvents.through(told, TARGET, () -> now++, new InferenceEvent.TextDelta("a"));
        told.ended(new Outcome.Failed(InferenceException.of(ErrorCategory.CONNECTION, "cut at secret-word")));

        SpanData span = recorded.span("chat m");
        assertThat(attributes(span))
                .containsEntry("gen_ai.response.finish_reasons", List.of("error"))
                .containsEntry("error.type", "connection");
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(recorded.spans().toString()).doesNotContain("secret-word");
    }

    @Test
    void callThatIsOutOfTime_isAnError_andOneThatIsGivenUpIsNone() {
        LLMTelemetry telemetry = telemetry(TelemetryOptions.DEFAULT);
        for (CancelReason reason : CancelReason.values()) {
            run(telemetry.start(call().withModel(reason.name())), new Outcome.Cancelled(reason, Usage.estimated(1, 1)));

            SpanData span = recorded.span("chat " + reason);
            boolean late = reason == CancelReason.DEADLINE;
            assertThat(attributes(span)).containsEntry("error.type", late ? "timeout" : "cancelled");
            assertThat(span.getStatus().getStatusCode()).isEqualTo(late ? StatusCode.ERROR : StatusCode.UNSET);
        }
    }

    @Test
    void callThatWasGivenUpBeforeItBegan_isNotToldOf() {
        CallTelemetry told = telemetry(TelemetryOptions.DEFAULT).start(call());
        told.ended(new Outcome.Cancelled(CancelReason.CALLER, Usage.absent()));
        told.attemptStarted(1, TARGET);

        assertThat(recorded.spans()).isEmpty();
        assertThat(recorded.metrics()).isEmpty();
    }

    @Test
    void callThatFailsInAQueue_hasASpanWithoutAttempts() {
        CallTelemetry told = telemetry(TelemetryOptions.DEFAULT).start(call());
        told.fact("avionics.route.id", "r");
        told.begin();
        now += 5_000_000_000L;
        told.fact("avionics.queue.length", 3);
        told.ended(new Outcome.Failed(InferenceException.of(ErrorCategory.REJECTED, "full")));
        told.fact("avionics.late", "x");

        assertThat(recorded.spans()).hasSize(1);
        assertThat(attributes(recorded.span("chat m")))
                .containsEntry("avionics.route.id", "r")
                .containsEntry("avionics.queue.length", 3L)
                .containsEntry("avionics.attempt.count", 0L)
                .containsEntry("error.type", "rejected")
                .doesNotContainKey("avionics.late");
        assertThat(points("gen_ai.client.operation.duration").get(0).getSum()).isEqualTo(5.0);
    }

    @Test
    void fact_underAForeignName_isRefused() {
        CallTelemetry told = telemetry(TelemetryOptions.DEFAULT).start(call());

        assertThatThrownBy(() -> told.fact("gen_ai.mine", "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("name: gen_ai.mine (expected: such as avionics.route.id)");
    }

    @Test
    void ownSpan_notWanted_leavesAttemptsBelowTheCallersSpan() {
        Context caller = Context.root()
                .with(recorded.sdk.getTracer("caller").spanBuilder("caller").startSpan());
        LLMTelemetry telemetry =
                telemetry(TelemetryOptions.builder().ownSpan(false).build());
        run(telemetry.start(call().withParent(caller)), done(USAGE));

        assertThat(recorded.spans()).hasSize(1);
        assertThat(recorded.span("POST").getParentSpanId())
                .isEqualTo(io.opentelemetry.api.trace.Span.fromContext(caller)
                        .getSpanContext()
                        .getSpanId());
        assertThat(recorded.metrics()).containsKey("gen_ai.client.operation.duration");
    }

    @Test
    void oldNameOfTheProvider_isThereOnlyIfItIsWanted() {
        run(telemetry(TelemetryOptions.builder().genAiSystem(true).build()).start(call()), done(USAGE));

        assertThat(attributes(recorded.span("chat m"))).containsEntry("gen_ai.system", "anthropic");
    }

    @Test
    void modelInTheProcess_isInternal_andHasNoRequests() {
        Target local = new Target(
                EndpointSpec.builder("here", URI.create("local:model"), BackendKind.LLAMA_CPP)
                        .build(),
                "");
        CallTelemetry told = telemetry(TelemetryOptions.DEFAULT)
                .start(TelemetryCall.chat("llamacpp", local, InferenceRequest.of("Hi"), CONTEXT));
        told.attemptStarted(1, local);
        told.ended(done(USAGE));

        assertThat(recorded.spans()).hasSize(1);
        assertThat(recorded.span("chat").getKind()).isEqualTo(SpanKind.INTERNAL);
        assertThat(attributes(recorded.span("chat"))).doesNotContainKeys("server.address", "gen_ai.request.model");
    }

    @Test
    void embeddings_tellTheirUsage_andTheirOwnDuration() {
        CallTelemetry told = telemetry(TelemetryOptions.builder()
                        .semconv(SemconvVersion.LATEST)
                        .build())
                .start(TelemetryCall.embeddings(
                        "anthropic", TARGET, new EmbeddingRequest(List.of("x"), 3, null, Map.of()), CONTEXT));
        told.attemptStarted(1, TARGET);
        Usage read = Usage.builder().inputUncached(TokenCount.known(4)).build();
        EmbeddingResult vectors = new EmbeddingResult(List.of(new float[3]), read, TARGET, "e-2");
        assertThat(told.watch(CompletableFuture.completedFuture(vectors)).join())
                .isSameAs(vectors);
        told.ended(done(Usage.absent()));

        assertThat(attributes(recorded.span("embeddings m")))
                .containsEntry("gen_ai.operation.name", "embeddings")
                .containsEntry("gen_ai.usage.input_tokens", 4L)
                .containsEntry("gen_ai.embeddings.dimension.count", 3L)
                .containsEntry("gen_ai.response.model", "e-2")
                .doesNotContainKey("gen_ai.response.finish_reasons");
        assertThat(recorded.metrics()).containsKey("gen_ai.client.operation.duration");
    }

    @Test
    void embeddings_thatAreGivenUp_giveUpWhatRuns() {
        CallTelemetry told = telemetry(TelemetryOptions.DEFAULT)
                .start(TelemetryCall.embeddings("anthropic", TARGET, EmbeddingRequest.of("x"), CONTEXT));
        CompletableFuture<EmbeddingResult> running = new CompletableFuture<>();
        told.watch(running).cancel(false);

        assertThat(running).isCancelled();
    }

    @Test
    void content_ifItIsWanted_isRedactedThenGivenToTheHookThenRecorded() {
        List<CapturedContent> hooked = new ArrayList<>();
        LLMTelemetry telemetry = telemetry(TelemetryOptions.builder()
                .content(ContentMode.SPAN_AND_EVENT, true)
                .redactor(text -> text.replace("secret", "***"))
                .hook((content, trace) -> {
                    hooked.add(content);
                    return content.at("store/" + trace.length());
                })
                .build());
        InferenceRequest request = InferenceRequest.builder()
                .message(Message.system("Keep the secret"))
                .message(Message.user("A secret?"))
                .build();
        CallTelemetryEvents.through(
                telemetry.start(call(request)),
                TARGET,
                () -> now++,
                new InferenceEvent.TextDelta("No sec"),
                new InferenceEvent.TextDelta("ret"),
                new InferenceEvent.Completed(FinishReason.STOP, "stop", USAGE, "r", "m"));

        Map<String, Object> span = attributes(recorded.span("chat m"));
        assertThat(span)
                .containsEntry(
                        "gen_ai.output.messages",
                        "[{\"role\":\"assistant\",\"finish_reason\":\"stop\",\"parts\":[{\"type\":\"text\",\"content\":\"No ***\"}]}]")
                .containsEntry(
                        "gen_ai.input.messages",
                        "[{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"content\":\"A ***?\"}]}]")
                .containsEntry("gen_ai.system_instructions", "[{\"type\":\"text\",\"content\":\"Keep the ***\"}]")
                .containsEntry("avionics.content.reference", "store/32");
        assertThat(recorded.events()).singleElement().satisfies(event -> {
            assertThat(event.getEventName()).isEqualTo("gen_ai.client.inference.operation.details");
            assertThat(event.getSpanContext().getTraceId())
                    .isEqualTo(recorded.span("chat m").getTraceId());
            assertThat(Recorded.map(event.getAttributes()))
                    .containsKeys("gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.usage.input_tokens");
            assertThat(event.getAttributes().toString()).doesNotContain("secret");
        });
        assertThat(hooked)
                .singleElement()
                .satisfies(content -> assertThat(content.output().get(0).text()).isEqualTo("No ***"));
    }

    @Test
    void hook_isCalledWhateverIsSampledAndRecorded() {
        List<CapturedContent> hooked = new ArrayList<>();
        TelemetryOptions options = TelemetryOptions.builder()
                .hook((content, trace) -> {
                    hooked.add(content);
                    return content;
                })
                .build();
        try (Recorded none = new Recorded(Sampler.alwaysOff())) {
            run(LLMTelemetry.builder(none.sdk).options(options).build().start(call()), done(USAGE));
        }
        run(LLMTelemetry.builder(OpenTelemetry.noop()).options(options).build().start(call()), done(USAGE));

        assertThat(hooked).hasSize(2);
        assertThat(hooked.toString()).doesNotContain("Hi");
    }

    @Test
    void hook_thatThrows_leavesTheCallAndRecordsNoContent() {
        LLMTelemetry telemetry = telemetry(TelemetryOptions.builder()
                .content(ContentMode.SPAN_ONLY, true)
                .hook((content, trace) -> {
                    throw new IllegalStateException("broken");
                })
                .build());
        run(telemetry.start(call()), done(USAGE));

        assertThat(attributes(recorded.span("chat m")))
                .containsEntry("gen_ai.usage.input_tokens", 128L)
                .doesNotContainKey("gen_ai.input.messages");
    }

    @Test
    void redactor_thatSpoilsArguments_leavesThemAsText() {
        LLMTelemetry telemetry = telemetry(TelemetryOptions.builder()
                .content(ContentMode.SPAN_ONLY, true)
                .redactor(text -> "gone")
                .build());
        run(
                telemetry.start(call(InferenceRequest.builder()
                        .message(Message.user("q"))
                        .message(Message.assistant(new Part.ToolCall("c", "t", "{}")))
                        .build())),
                done(USAGE));

        assertThat(String.valueOf(attributes(recorded.span("chat m")).get("gen_ai.input.messages")))
                .contains("\"arguments\":\"gone\"");
    }

    @Test
    void nobodyListens_nothingIsMade() {
        assertThat(LLMTelemetry.off().isOn()).isFalse();
        assertThat(LLMTelemetry.of(OpenTelemetry.noop()).start(call())).isSameAs(CallTelemetry.NONE);
        assertThat(CallTelemetry.NONE.attempt(CONTEXT)).isSameAs(CONTEXT);
        assertThat(CallTelemetry.NONE.traceId()).isEmpty();
    }

    @Test
    void cost_thatThrows_isUnknown() {
        LLMTelemetry telemetry = LLMTelemetry.builder(recorded.sdk)
                .cost((target, usage) -> {
                    throw new IllegalStateException("no price");
                })
                .build();

        assertThat(telemetry.cost(TARGET, USAGE)).isEmpty();
    }
}
