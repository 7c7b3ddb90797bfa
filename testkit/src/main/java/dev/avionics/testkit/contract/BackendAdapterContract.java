package dev.avionics.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.Capabilities.Feature;
import dev.avionics.airframe.Capabilities.Support;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.OutputFormat;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.RerankResult;
import dev.avionics.airframe.Sampling;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.ThinkingOptions;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.spi.CredentialSource;
import dev.avionics.airframe.stream.EventCursor;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.airframe.stream.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The contract of an adapter, as a test class to be derived from. It drives the adapter through an {@link Airframe}, as a
 * program does.
 *
 * <p>What backends differ in is told by the methods of {@link BackendUnderTest}. Every case asserts something whatever
 * they say; none is skipped.
 *
 * <p>The model behind the target needs no more wit than to keep talking, to know a name that it was told, and to give
 * the same answer again at temperature 0.
 */
public abstract class BackendAdapterContract extends BackendUnderTest {
    private static final String WRONG_KEY = "sk-wrong-0123456789abcdef";

    private Calls calls = new Calls(null);

    /** For subclasses. */
    protected BackendAdapterContract() {}

    /** The airframe of the case that runs. */
    protected final Airframe airframe() {
        return calls.airframe();
    }

    @BeforeEach
    void openAirframe() {
        calls = new Calls(newAirframe());
    }

    @AfterEach
    void closeAirframe() {
        calls.airframe().close();
    }

    private InferenceStream<InferenceEvent> infer(InferenceRequest request) {
        return calls.infer(target(), request);
    }

    private InferenceResult answer(InferenceRequest request) {
        return calls.answer(target(), request);
    }

    private InferenceException failure(Target target, InferenceRequest request) {
        return calls.failure(calls.infer(target, request).collect());
    }

    // The answer

    @Test
    void answer_whole_isTextWithFinishAndTarget() {
        InferenceResult result =
                answer(ask("Tell me about the sea.").stream(false).build());
        assertThat(result.text()).isNotBlank();
        assertThat(result.finish()).isIn(FinishReason.STOP, FinishReason.LENGTH);
        assertThat(result.target().endpoint().address())
                .isEqualTo(target().endpoint().address());
        assertThat(result.target().model()).isEqualTo(target().model());
        assertThat(result.attempts()).isEqualTo(1);
        assertThat(result.toolCalls()).isEmpty();
    }

    @Test
    void answer_streamed_comesInSeveralPieces() {
        List<InferenceEvent> events =
                calls.events(infer(ask("Tell me about the sea.").build()));
        assertThat(events.stream().filter(InferenceEvent.TextDelta.class::isInstance))
                .hasSizeGreaterThan(1);
    }

    @Test
    void answer_streamedOrWhole_isTheSame() {
        InferenceRequest.Builder question = ask("What colour is the sky?");
        InferenceResult streamed = answer(question.stream(true).build());
        InferenceResult whole = answer(question.stream(false).build());
        assertThat(whole.text()).isEqualTo(streamed.text());
        assertThat(whole.finish()).isEqualTo(streamed.finish());
        assertThat(whole.usage().outputTotal()).isEqualTo(streamed.usage().outputTotal());
    }

    @Test
    void events_ofAnAnswer_beginWithStartedAndEndWithTheOnlyTerminal() {
        List<InferenceEvent> events =
                calls.events(infer(ask("Tell me about the sea.").build()));
        assertThat(events.get(0)).isInstanceOf(InferenceEvent.Started.class);
        assertThat(events.stream().filter(InferenceEvent.Started.class::isInstance))
                .hasSize(1);
        assertThat(events.get(events.size() - 1)).isInstanceOf(InferenceEvent.Completed.class);
        assertThat(events.stream().filter(InferenceEvent.Completed.class::isInstance))
                .hasSize(1);
        assertThat(events.stream()
                        .filter(e -> e instanceof InferenceEvent.TextDelta delta
                                && delta.text().isEmpty()))
                .isEmpty();
    }

    @Test
    void consumers_ofEveryKind_getTheSame() {
        InferenceRequest question = ask("Why is the sky blue?").build();
        InferenceResult collected = answer(question);
        List<InferenceEvent> read = calls.events(infer(question));
        List<InferenceEvent> delivered = calls.delivered(infer(question));
        assertThat(Calls.textOf(read)).isEqualTo(collected.text());
        assertThat(Calls.textOf(delivered)).isEqualTo(collected.text());
        assertThat(read.get(read.size() - 1))
                .isInstanceOfSatisfying(
                        InferenceEvent.Completed.class,
                        end -> assertThat(end.finish()).isEqualTo(collected.finish()));
        assertThat(delivered.get(delivered.size() - 1))
                .isInstanceOfSatisfying(
                        InferenceEvent.Completed.class,
                        end -> assertThat(end.finish()).isEqualTo(collected.finish()));
    }

    @Test
    void outcome_ofAnAnswer_isDoneWithTheUsageOfTheTerminal() {
        InferenceStream<InferenceEvent> stream =
                infer(ask("Why is the sky blue?").build());
        InferenceResult result = Calls.get(stream.collect());
        assertThat(Calls.get(stream.outcome().toCompletableFuture()))
                .isInstanceOfSatisfying(
                        Outcome.Done.class, done -> assertThat(done.usage()).isEqualTo(result.usage()));
    }

    @Test
    void calls_atOnce_areAllAnswered() {
        List<CompletableFuture<InferenceResult>> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(infer(ask("Tell me about the number " + i + ".")
                            .maxTokens(12)
                            .build())
                    .collect());
        }
        assertThat(all).allSatisfy(one -> assertThat(Calls.get(one).text()).isNotBlank());
    }

    // The conversation

    @Test
    void conversation_ofSeveralTurns_isKnownToTheModel() {
        InferenceRequest alone = ask("Tell me about my dog.").build();
        InferenceRequest told = alone.toBuilder()
                .messages(List.of(
                        Message.user("I have a dog called Rex."),
                        Message.assistant("Rex is a lovely name for a dog."),
                        Message.user("Tell me about my dog.")))
                .build();
        assertThat(answer(told).text()).contains("Rex");
        assertThat(answer(alone).text()).doesNotContain("Rex");
    }

    @Test
    void systemMessage_beforeTheQuestion_changesTheAnswer() {
        InferenceRequest plain = ask("What is your name?").build();
        InferenceRequest told = plain.toBuilder()
                .messages(List.of(Message.system("Your name is Redbeard."), Message.user("What is your name?")))
                .build();
        assertThat(answer(told).text()).contains("Redbeard");
        assertThat(answer(plain).text()).doesNotContain("Redbeard");
    }

    @Test
    void conversation_longerThanTheContext_isContextLength() {
        InferenceException why =
                failure(target(), ask("word ".repeat(20_000)).maxTokens(8).build());
        assertThat(why.category()).as(why.toString()).isEqualTo(ErrorCategory.CONTEXT_LENGTH);
    }

    // Sampling

    @Test
    void stopSequence_inTheAnswer_endsItThere() {
        InferenceRequest question = ask("Tell me about the sea.").build();
        String whole = answer(question).text();
        String word = whole.strip().split("\\s+")[3];
        InferenceResult stopped = answer(question.toBuilder()
                .sampling(question.sampling().toBuilder().stop(List.of(word)).build())
                .build());
        if (!takesStopSequences()) {
            assertThat(stopped.text()).isEqualTo(whole);
            assertThat(stopped.adjustments())
                    .anySatisfy(a -> assertThat(a.what()).isEqualTo("stop"));
            return;
        }
        assertThat(stopped.text().strip())
                .isEqualTo(whole.substring(0, whole.indexOf(word)).strip());
        assertThat(stopped.finish()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void maxTokens_belowTheAnswersLength_cutsItAndSaysSo() {
        InferenceResult cut = answer(ask("Tell me about the sea.").maxTokens(5).build());
        assertThat(cut.finish()).isEqualTo(FinishReason.LENGTH);
        assertThat(cut.usage().outputTotal().value()).isBetween(1L, 5L);
        assertThat(cut.text()).isNotBlank();
    }

    @Test
    void temperatureZero_twice_givesTheSameAnswer() {
        InferenceRequest question = ask("Invent a name for a ship.").build();
        assertThat(answer(question).text()).isEqualTo(answer(question).text());
    }

    // What some can and others cannot

    @Test
    void capabilities_asTheContractKnowsThem_areDeclared() {
        Map<Feature, Support> expected = Map.of(
                Feature.TOOLS, tools(),
                Feature.IMAGES, images(),
                Feature.JSON_SCHEMA, jsonSchema(),
                Feature.EMBEDDINGS, embeddings(),
                Feature.RERANK, reranking());
        var declared = airframe().adapters().adapter(target().endpoint().kind()).capabilities(target());
        // An adapter may leave open what its backend turns out to do; it must not be wrong.
        assertThat(expected).allSatisfy((feature, support) -> {
            if (support == Support.NO) {
                assertThat(declared.of(feature)).as(feature.name()).isEqualTo(Support.NO);
            } else {
                assertThat(declared.of(feature)).as(feature.name()).isNotEqualTo(Support.NO);
            }
        });
    }

    @Test
    void jsonSchema_whereItIsTaken_givesJsonThatFits() {
        InferenceRequest request = ask("Describe the city of Paris as JSON.")
                .maxTokens(200)
                .output(OutputFormat.jsonSchema("city", FeatureCases.CITY_SCHEMA))
                .build();
        byFeature(jsonSchema(), request, result -> {
            Map<String, @Nullable Object> city = JsonValues.parseObject(result.text());
            assertThat(city).containsOnlyKeys("name", "large");
            assertThat(city.get("name")).isInstanceOf(String.class);
            assertThat(city.get("large")).isInstanceOf(Boolean.class);
        });
    }

    @Test
    void tools_whereTheyAreTaken_areCalledAndTheirResultsAnswered() {
        InferenceRequest question =
                ask("What is the weather in Paris?").tool(FeatureCases.WEATHER).build();
        byFeature(tools(), question, result -> {
            assertThat(result.finish()).isEqualTo(FinishReason.TOOL_CALLS);
            Part.ToolCall call = result.toolCalls().get(0);
            assertThat(call.id()).isNotEmpty();
            assertThat(call.name()).isEqualTo("weather");
            assertThat(call.arguments()).containsEntry("city", "Paris");
            InferenceResult told = answer(question.toBuilder()
                    .message(result.message())
                    .message(Message.toolResult(call.id(), call.name(), "sunny, 21 degrees"))
                    .build());
            assertThat(told.text()).contains("21");
            assertThat(told.finish()).isEqualTo(FinishReason.STOP);
        });
    }

    @Test
    void images_whereTheyAreTaken_areSeen() {
        InferenceRequest request = InferenceRequest.builder()
                .message(Message.user(Part.text("What do you see?"), Part.image("image/png", FeatureCases.PIXEL)))
                .sampling(
                        Sampling.NONE.toBuilder().temperature(0.0).maxTokens(40).build())
                .build();
        byFeature(images(), request, result -> {
            assertThat(result.text()).contains("image");
        });
    }

    @Test
    void thinking_whereItIsKnown_comesApartFromTheText() {
        InferenceRequest request = ask("Why is the sky blue?")
                .thinking(ThinkingOptions.of(ThinkingOptions.Effort.MEDIUM))
                .build();
        InferenceResult result = answer(request);
        assertThat(result.text()).isNotBlank().doesNotContain("<think>");
        switch (thinking()) {
            case YES -> assertThat(result.thinking()).isNotBlank();
            case NO -> {
                assertThat(result.thinking()).isEmpty();
                assertThat(result.adjustments())
                        .anySatisfy(a -> assertThat(a.what()).isEqualTo("thinking"));
            }
            case UNKNOWN ->
                assertThat(result.thinking().isEmpty() || !result.text().contains(result.thinking()))
                        .isTrue();
        }
    }

    /** Runs a case by what the target can do with it. */
    private void byFeature(Support support, InferenceRequest request, Consumer<InferenceResult> taken) {
        new FeatureCases(calls, this).taken(support, request.toBuilder(), taken);
    }

    /** YES is proved, NO refused before anything is sent, UNKNOWN tried. */
    @ParameterizedTest
    @EnumSource(Feature.class)
    void feature_asTheAdapterDeclaresIt_isWhatHappens(Feature feature) {
        checkFeature(feature);
    }

    /** Holds what the adapter declares of a feature at the target to a call. */
    protected final void checkFeature(Feature feature) {
        new FeatureCases(calls, this).check(feature);
    }

    // Tokens

    @Test
    void usage_ofAnAnswer_saysHowItIsKnown() {
        InferenceResult result = answer(ask("Tell me about the sea.").build());
        assertThat(result.usage().inputTotal().certainty()).isEqualTo(inputTokens());
        assertThat(result.usage().outputTotal().certainty()).isEqualTo(outputTokens());
        assertThat(result.usage().inputTotal().value()).isPositive();
        assertThat(result.usage().outputTotal().value()).isPositive();
    }

    @Test
    void usage_ofALongerQuestion_isMore() {
        InferenceResult shorter = answer(ask("Why?").maxTokens(4).build());
        InferenceResult longer = answer(
                ask("Why is it " + "so very ".repeat(20) + "cold?").maxTokens(4).build());
        assertThat(longer.usage().inputTotal().value())
                .isGreaterThan(shorter.usage().inputTotal().value() + 20);
    }

    @Test
    void tokens_ofARequest_areCountedOrRefusedBeforeAnythingIsSent() {
        InferenceRequest shorter = ask("Why?").build();
        InferenceRequest longer =
                ask("Why is it " + "so very ".repeat(20) + "cold?").build();
        long before = requestsSeen();
        Object few = Calls.valueOrFailure(
                airframe().countTokens(target(), shorter, airframe().newCall()));
        if (few instanceof InferenceException why) {
            assertThat(why.category()).as(why.toString()).isEqualTo(ErrorCategory.UNSUPPORTED);
            assertThat(requestsSeen()).isEqualTo(before);
            return;
        }
        long many =
                Calls.get(airframe().countTokens(target(), longer, airframe().newCall()));
        assertThat((Long) few).isPositive();
        assertThat(many).isGreaterThan((Long) few + 20);
    }

    // Giving up

    @Test
    void stream_cancelledInMidAnswer_endsWithCancelledAndFreesTheBackend() {
        InferenceStream<InferenceEvent> stream = infer(longAnswer());
        try (EventCursor<InferenceEvent> cursor = stream.open()) {
            Calls.readToFirstText(cursor);
            assertFreed("stream", () -> calls.cancel(stream));
            assertThat(calls.failure(cursor).category()).isEqualTo(ErrorCategory.CANCELLED);
        }
        assertThat(Calls.get(stream.outcome().toCompletableFuture())).isInstanceOf(Outcome.Cancelled.class);
    }

    @Test
    void cursor_closedInMidAnswer_freesTheBackend() {
        InferenceStream<InferenceEvent> stream = infer(longAnswer());
        EventCursor<InferenceEvent> cursor = stream.open();
        Calls.readToFirstText(cursor);
        assertFreed("cursor", cursor::close);
        assertThat(Calls.get(stream.outcome().toCompletableFuture())).isInstanceOf(Outcome.Cancelled.class);
    }

    @Test
    void future_cancelledInMidAnswer_freesTheBackend() {
        CompletableFuture<Void> committed = new CompletableFuture<>();
        InferenceStream<InferenceEvent> stream = calls.infer(target(), longAnswer(), () -> committed.complete(null));
        CompletableFuture<InferenceResult> future = stream.collect();
        Calls.get(committed);
        assertFreed("future", () -> future.cancel(false));
        assertThat(Calls.get(stream.outcome().toCompletableFuture())).isInstanceOf(Outcome.Cancelled.class);
    }

    @Test
    void subscription_cancelledFromInsideOnNext_freesTheBackend() {
        InferenceStream<InferenceEvent> stream = infer(longAnswer());
        calls.subscribeAndCancelAtFirstText(stream);
        assertFreed("subscription", () -> {});
        assertThat(Calls.get(stream.outcome().toCompletableFuture())).isInstanceOf(Outcome.Cancelled.class);
    }

    @Test
    void stream_cancelledBeforeItIsConsumed_sendsNothing() {
        long before = requestsSeen();
        InferenceStream<InferenceEvent> stream = infer(longAnswer());
        calls.cancel(stream);
        assertThat(calls.failure(stream.collect()).category()).isEqualTo(ErrorCategory.CANCELLED);
        assertThat(requestsSeen()).isEqualTo(before);
    }

    @Test
    void clock_ofTheWholeCall_endsALongAnswerAndFreesTheBackend() {
        InferenceException why = calls.failure(calls.inferWithin(target(), longAnswer(), Duration.ofMillis(500))
                .collect());
        assertThat(why.category()).isEqualTo(ErrorCategory.TIMEOUT);
        assertFreed("clock", () -> {});
    }

    @Test
    void target_afterACancel_answersAtOnce() {
        InferenceStream<InferenceEvent> stream = infer(longAnswer());
        try (EventCursor<InferenceEvent> cursor = stream.open()) {
            Calls.readToFirstText(cursor);
        }
        assertThat(answer(ask("Why is the sky blue?").build()).text()).isNotBlank();
    }

    private void assertFreed(String what, Runnable cancel) {
        long begun = System.nanoTime();
        cancel.run();
        awaitIdle(releaseTime());
        System.out.printf(
                "contract: %s: %s given up, backend idle after %.1f ms%n",
                getClass().getSimpleName(), what, (System.nanoTime() - begun) / 1e6);
    }

    // Embeddings, models, health

    @Test
    void embeddings_ofSeveralTexts_areInTheOrderOfTheTexts() {
        List<String> texts = List.of("The sea is deep and blue.", "An invoice over 30 euros.", "for (;;) { i++; }");
        if (embeddings() == Support.NO) {
            assertThat(calls.failure(calls.embed(target(), texts)).category()).isEqualTo(ErrorCategory.UNSUPPORTED);
            return;
        }
        List<float[]> together = Calls.get(calls.embed(target(), texts)).vectors();
        assertThat(together).hasSize(3).allSatisfy(v -> assertThat(v).hasSameSizeAs(together.get(0)));
        for (int i = 0; i < texts.size(); i++) {
            float[] alone = Calls.get(calls.embed(target(), List.of(texts.get(i))))
                    .vectors()
                    .get(0);
            for (int other = 0; other < texts.size(); other++) {
                double likeness = Calls.cosine(alone, together.get(other));
                if (other == i) {
                    assertThat(likeness).isGreaterThan(0.999);
                } else {
                    assertThat(likeness).isLessThan(0.999);
                }
            }
        }
    }

    @Test
    void embeddings_whereThereAreAny_haveTheirLengthAndCountTokens() {
        if (embeddings() == Support.NO) {
            assertThat(calls.failure(calls.embed(target(), List.of("text"))).category())
                    .isEqualTo(ErrorCategory.UNSUPPORTED);
            return;
        }
        var result = Calls.get(calls.embed(target(), List.of("The sea is deep and blue.")));
        boolean one = Math.abs(Calls.length(result.vectors().get(0)) - 1) < 1e-3;
        assertThat(one).isEqualTo(normalisesEmbeddings());
        assertThat(result.usage().inputTotal().certainty()).isEqualTo(embeddingTokens());
        assertThat(result.usage().inputTotal().value()).isPositive();
    }

    @Test
    void rerank_whereItIsTaken_putsTheFittingDocumentFirst() {
        List<String> documents =
                List.of("An invoice over 30 euros.", "The sea is deep and blue.", "A recipe for bread.");
        if (reranking() != Support.YES) {
            assertNotRanked(documents);
            return;
        }
        RerankResult all = Calls.get(calls.rerank(target(), "How deep is the sea?", documents, null));
        assertThat(all.ranked())
                .extracting(RerankResult.Ranked::index)
                .containsExactlyInAnyOrder(0, 1, 2)
                .startsWith(1);
        assertThat(all.ranked())
                .isSortedAccordingTo(
                        Comparator.comparingDouble(RerankResult.Ranked::score).reversed());
        assertThat(all.target().model()).isEqualTo(target().model());
        RerankResult best = Calls.get(calls.rerank(target(), "How deep is the sea?", documents, 1));
        assertThat(best.ranked()).extracting(RerankResult.Ranked::index).containsExactly(1);
    }

    private void assertNotRanked(List<String> documents) {
        long before = requestsSeen();
        CompletableFuture<RerankResult> asked = calls.rerank(target(), "How deep is the sea?", documents, null);
        InferenceException why = calls.failure(asked);
        if (reranking() == Support.NO) {
            assertThat(why.category()).as(why.toString()).isEqualTo(ErrorCategory.UNSUPPORTED);
            assertThat(why.sent()).isEqualTo(InferenceException.Sent.NOTHING);
            assertThat(requestsSeen()).isEqualTo(before);
        } else {
            assertThat(why.origin()).as(why.toString()).isEqualTo(ErrorOrigin.BACKEND);
        }
    }

    @Test
    void models_ofTheEndpoint_holdTheTargets() {
        List<ModelInfo> models =
                Calls.get(airframe().models(target(), airframe().newCall()));
        assertThat(models).extracting(ModelInfo::id).contains(listedModel());
    }

    @Test
    void health_ofTheTarget_isHealthyAndCostsNoTokens() {
        long before = postsSeen();
        HealthState state = Calls.get(airframe().health(target(), airframe().newCall()));
        assertThat(state.status()).as(state.detail()).isEqualTo(HealthState.Status.HEALTHY);
        assertThat(postsSeen()).isEqualTo(before);
    }

    // What goes wrong

    @Test
    void brokenTarget_asked_failsWithAClearMessage() {
        InferenceException why =
                failure(brokenTarget(), ask("Why is the sky blue?").build());
        assertThat(why.category()).as(why.toString()).isEqualTo(brokenCategory());
        assertThat(why.getMessage()).contains(brokenMessage());
        assertThat(why.sent()).isEqualTo(InferenceException.Sent.NOTHING);
    }

    @Test
    void health_ofABrokenTarget_isUnhealthy() {
        HealthState state =
                Calls.get(airframe().health(brokenTarget(), airframe().newCall()));
        assertThat(state.status()).isEqualTo(HealthState.Status.UNHEALTHY);
        assertThat(state.detail()).isNotBlank();
    }

    @Test
    void key_thatIsWrong_isAuthenticationWhereKeysCount() {
        Target wrong = new Target(
                target().endpoint().toBuilder()
                        .credentials(CredentialSource.key(Secret.of(WRONG_KEY)))
                        .build(),
                target().model());
        InferenceRequest question = ask("Why is the sky blue?").build();
        if (!checksKeys()) {
            assertThat(calls.answer(wrong, question).text()).isNotBlank();
            return;
        }
        InferenceException why = failure(wrong, question);
        assertThat(why.category()).as(why.toString()).isEqualTo(ErrorCategory.AUTHENTICATION);
        assertThat(why.attempts()).isEqualTo(1);
        assertThat(why.toString() + why.excerpt()).doesNotContain(WRONG_KEY);
        assertThat(calls.failure(airframe().models(wrong, airframe().newCall())).category())
                .isEqualTo(ErrorCategory.AUTHENTICATION);
    }

    @Test
    void model_thatDoesNotExist_isNotFoundWhereModelsCount() {
        Target unknown = new Target(target().endpoint(), "no-such-model");
        InferenceRequest question = ask("Why is the sky blue?").build();
        if (!checksModels()) {
            assertThat(calls.answer(unknown, question).text()).isNotBlank();
            return;
        }
        InferenceException why = failure(unknown, question);
        assertThat(why.category()).as(why.toString()).isEqualTo(ErrorCategory.MODEL_NOT_FOUND);
        assertThat(why.getMessage()).contains("no-such-model");
    }
}
