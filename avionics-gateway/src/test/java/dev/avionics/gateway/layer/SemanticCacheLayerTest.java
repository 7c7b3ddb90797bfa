package dev.avionics.gateway.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.OutputFormat;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.gateway.CacheMode;
import dev.avionics.gateway.GatewayRequest;
import dev.avionics.gateway.GatewayResponse;
import dev.avionics.gateway.GatewayRig;
import dev.avionics.gateway.GatewayRig.Reader;
import dev.avionics.gateway.LLMGateway;
import dev.avionics.gateway.StreamingChunk;
import dev.avionics.gateway.cache.SemanticRules;
import dev.avionics.llm.Embedding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SemanticCacheLayerTest {
    private static final String ASKED = "how do I reset my password";
    private static final String IN_OTHER_WORDS = "how can I reset my password";

    private final GatewayRig rig = new GatewayRig();
    private final Vectors vectors = new Vectors();

    /** Vectors of words; those of the test's own are waited for where it says so. */
    private final class Vectors implements Embedding {
        final List<String> asked = new ArrayList<>();

        @Nullable
        CompletableFuture<EmbeddingResult> answer;

        @Override
        public CompletableFuture<EmbeddingResult> embed(
                @Nullable String model, EmbeddingRequest request, CallContext context) {
            asked.addAll(request.inputs());
            CompletableFuture<EmbeddingResult> given = answer;
            return given != null
                    ? given
                    : CompletableFuture.completedFuture(of(request.inputs().get(0)));
        }

        EmbeddingResult of(String text) {
            Target target = new Target(rig.providers.named(GatewayRig.OLLAMA).endpoint(), "embed");
            return new EmbeddingResult(List.of(WordVectors.of(text)), Usage.absent(), target, null);
        }

        @Override
        public CallContext newCall() {
            return rig.airframe.newCall();
        }
    }

    private LLMGateway gateway(SemanticRules rules) {
        rig.openai.text("Click on Forgot.");
        return rig.gateway().semanticCache(rules, vectors).build();
    }

    private LLMGateway gateway() {
        return gateway(SemanticRules.of(0.8));
    }

    private static GatewayRequest cold(String prompt) {
        return GatewayRequest.builder(prompt).temperature(0.0).build();
    }

    private static boolean isCached(GatewayResponse response) {
        return response.metadata().containsKey("cached");
    }

    private int asked() {
        return rig.openai.seen().size();
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void question_inOtherWords_isGivenTheAnswerOfTheFirst() {
        LLMGateway gateway = gateway();
        assertThat(isCached(gateway.complete(cold(ASKED)))).isFalse();
        GatewayResponse second = gateway.complete(cold(IN_OTHER_WORDS));

        assertThat(isCached(second)).isTrue();
        assertThat(second.text()).isEqualTo("Click on Forgot.");
        assertThat(second.cost().isFree()).isTrue();
        assertThat(asked()).isEqualTo(1);
        assertThat(gateway.stats().cached()).isEqualTo(1);
    }

    @Test
    void question_aboutSomethingElse_isAsked() {
        LLMGateway gateway = gateway();
        gateway.complete(cold(ASKED));
        assertThat(isCached(gateway.complete(cold("where is the next post office"))))
                .isFalse();
        assertThat(asked()).isEqualTo(2);
    }

    @Test
    void question_withAnotherNumber_isAskedHoweverAlikeTheWordsAre() {
        LLMGateway gateway = gateway(SemanticRules.of(0.1));
        gateway.complete(cold("what is 17 plus 4"));
        assertThat(isCached(gateway.complete(cold("what is 17 plus 5")))).isFalse();
        assertThat(isCached(gateway.complete(cold("what is 1 7 plus 4")))).isFalse();
        assertThat(isCached(gateway.complete(cold("what is -17 plus 4")))).isFalse();
        assertThat(isCached(gateway.complete(cold("how much is 17 plus 4")))).isTrue();
    }

    @Test
    void question_ofAnotherKeyModelOrSystem_isAsked() {
        LLMGateway gateway = gateway();
        gateway.complete(cold(ASKED));
        assertThat(isCached(gateway.complete(cold(ASKED).withKey("other")))).isFalse();
        assertThat(isCached(gateway.complete(cold(ASKED).withTarget("openai", "gpt-4.1"))))
                .isFalse();
        assertThat(isCached(gateway.complete(GatewayRequest.builder(ASKED)
                        .system("Be rude.")
                        .temperature(0.0)
                        .build())))
                .isFalse();
        assertThat(isCached(gateway.complete(cold(ASKED).withAgent("planner")))).isTrue();
    }

    @Test
    void calls_thatAreNotOfTextOrNotCold_needNoVector() {
        LLMGateway gateway = gateway();
        gateway.complete(GatewayRequest.builder(ASKED).temperature(0.7).build());
        gateway.complete(cold(ASKED).withCache(CacheMode.OFF));
        gateway.complete(GatewayRequest.builder(ASKED)
                .temperature(0.0)
                .tools(List.of(ToolSpec.of("look", "looks", "{\"type\":\"object\"}")))
                .build());
        InferenceRequest inJson = cold(ASKED).inference();
        gateway.complete(cold(ASKED)
                .with(inJson.toBuilder()
                        .output(OutputFormat.jsonSchema("a", "{\"type\":\"object\"}"))
                        .build()));

        assertThat(vectors.asked).isEmpty();
        assertThat(asked()).isEqualTo(4);
    }

    @Test
    void vectorsThatFail_failNoCall() {
        LLMGateway gateway = gateway();
        vectors.answer = CompletableFuture.failedFuture(
                InferenceException.of(ErrorCategory.CONNECTION, "the embedding server is away"));
        assertThat(gateway.complete(cold(ASKED)).text()).isEqualTo("Click on Forgot.");
        vectors.answer = null;
        gateway.complete(cold(ASKED));
        assertThat(vectors.asked).as("nobody waits again at once").hasSize(1);
        rig.time.advance(Duration.ofSeconds(10));
        assertThat(isCached(gateway.complete(cold(ASKED)))).isFalse();
        assertThat(isCached(gateway.complete(cold(ASKED)))).isTrue();
    }

    @Test
    void vectorThatComesLate_isWaitedFor_andGivenUpWithTheCall() {
        LLMGateway gateway = gateway();
        CompletableFuture<EmbeddingResult> late = new CompletableFuture<>();
        vectors.answer = late;
        Reader<StreamingChunk> reader = Reader.of(gateway.completeStream(cold(ASKED)));
        Reader<StreamingChunk> gone = Reader.of(gateway.completeStream(cold(ASKED)));
        assertThat(asked()).isZero();
        gone.subscription.cancel();
        assertThat(late).isCancelled();
        assertThat(reader.complete).isTrue();
        assertThat(asked()).isEqualTo(1);
    }

    @Test
    void vectorThatNeverComes_holdsTheCallForItsLimitOnly() {
        LLMGateway gateway = gateway();
        vectors.answer = new CompletableFuture<>();
        Reader<StreamingChunk> reader = Reader.of(gateway.completeStream(cold(ASKED)));
        rig.time.advance(Duration.ofMillis(1999));
        assertThat(asked()).isZero();
        rig.time.advance(Duration.ofMillis(1));
        assertThat(reader.complete).isTrue();
        assertThat(vectors.answer).isCancelled();
    }

    @Test
    void question_thatIsLong_needsNoVector() {
        LLMGateway gateway = gateway();
        gateway.complete(cold("why ".repeat(300)));
        gateway.complete(cold(ASKED).withCache(CacheMode.ON));
        assertThat(vectors.asked).hasSize(1);
        gateway.complete(GatewayRequest.builder(ASKED)
                .temperature(0.5)
                .cache(CacheMode.ON)
                .build());
        assertThat(vectors.asked).hasSize(1);
    }

    @Test
    void answer_isGiven_untilItsTimeIsOver() {
        LLMGateway gateway = gateway(SemanticRules.of(0.8).withTtl(Duration.ofMinutes(1)));
        gateway.complete(cold(ASKED));
        rig.time.advance(Duration.ofSeconds(59));
        assertThat(isCached(gateway.complete(cold(IN_OTHER_WORDS)))).isTrue();
        rig.time.advance(Duration.ofSeconds(1));
        assertThat(isCached(gateway.complete(cold(IN_OTHER_WORDS)))).isFalse();
    }

    @Test
    void group_thatIsFull_forgetsItsOldest() {
        LLMGateway gateway = gateway(SemanticRules.of(0.99).withEntries(2));
        for (String asked : List.of("one", "two", "three")) {
            gateway.complete(cold(asked));
        }
        assertThat(isCached(gateway.complete(cold("two")))).isTrue();
        assertThat(isCached(gateway.complete(cold("one")))).isFalse();
    }
}
