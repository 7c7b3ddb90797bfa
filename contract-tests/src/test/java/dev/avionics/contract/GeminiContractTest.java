package dev.avionics.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.spi.CredentialSource;
import dev.avionics.testkit.backend.Scenario;
import dev.avionics.testkit.backend.SeenRequest;
import dev.avionics.testkit.backend.SimulatedBackend;
import dev.avionics.testkit.model.GeminiFace;
import dev.avionics.testkit.model.SimulatedModel;
import dev.avionics.testkit.secret.LogCapture;
import dev.avionics.testkit.secret.OutputCapture;
import dev.avionics.testkit.secret.SecretCanary;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@ProvesRow(ProviderRow.GEMINI)
class GeminiContractTest extends SimulatedContract {
    private static final ToolSpec WEATHER = ToolSpec.of(
            "weather", "Tells the weather", "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}}}");

    GeminiContractTest() {
        super(BackendKind.GOOGLE_GENAI, "", GeminiFace.of(MODEL, KEY));
    }

    /** Google tells no tokens of texts for embeddings. */
    @Override
    protected TokenCount.Certainty embeddingTokens() {
        return TokenCount.Certainty.ESTIMATED;
    }

    private static Target target(SimulatedBackend backend, String key, String... metadata) {
        EndpointSpec.Builder endpoint = EndpointSpec.builder("google", backend.uri(), BackendKind.GOOGLE_GENAI)
                .credentials(CredentialSource.key(Secret.of(key)));
        for (int i = 0; i < metadata.length; i += 2) {
            endpoint.metadata(metadata[i], metadata[i + 1]);
        }
        return new Target(endpoint.build(), MODEL.name());
    }

    private static SimulatedBackend strict() {
        return SimulatedBackend.start(
                Scenario.create().otherwise(GeminiFace.of(MODEL, KEY).wantsSignatures()));
    }

    @Test
    void call_sentBackToAModelThatWantsSignatures_bearsItsOwn() {
        try (SimulatedBackend backend = strict()) {
            InferenceRequest question =
                    ask("What is the weather in Paris?").tool(WEATHER).build();
            Target target = target(backend, KEY);
            InferenceResult called = airframe()
                    .infer(target, question, airframe().newCall())
                    .collect()
                    .join();
            Part.ToolCall call = called.toolCalls().get(0);
            InferenceResult told = airframe()
                    .infer(
                            target,
                            question.toBuilder()
                                    .message(called.message())
                                    .message(Message.toolResult(call.id(), null, "sunny"))
                                    .build(),
                            airframe().newCall())
                    .collect()
                    .join();

            assertThat(told.text()).contains("sunny");
            assertThat(told.adjustments()).isEmpty();
            assertThat(backend.requests()).hasSize(2);
            assertThat(backend.requests().get(1).bodyText()).doesNotContain("skip_thought_signature_validator");
        }
    }

    @Test
    void call_ofAnotherModel_isLearnedToNeedTheMark() {
        try (SimulatedBackend backend = strict()) {
            InferenceRequest question = ask("What is the weather in Paris?")
                    .tool(WEATHER)
                    .message(Message.assistant(new Part.ToolCall("call_1", "weather", "{\"city\":\"Paris\"}")))
                    .message(Message.toolResult("call_1", "weather", "sunny"))
                    .build();
            InferenceResult told = airframe()
                    .infer(target(backend, KEY), question, airframe().newCall())
                    .collect()
                    .join();

            assertThat(told.text()).contains("sunny");
            assertThat(backend.requests()).hasSize(2);
            assertThat(told.adjustments())
                    .anySatisfy(one -> assertThat(one.what()).isEqualTo("tool call"));
        }
    }

    @Test
    void call_ofAnotherModelWhereSignaturesAreKnownToBeWanted_bearsTheMarkAtOnce() {
        try (SimulatedBackend backend = strict()) {
            InferenceRequest question = ask("What is the weather in Paris?")
                    .tool(WEATHER)
                    .message(Message.assistant(new Part.ToolCall("call_1", "weather", "{\"city\":\"Paris\"}")))
                    .message(Message.toolResult("call_1", "weather", "sunny"))
                    .build();
            InferenceResult told = airframe()
                    .infer(
                            target(backend, KEY, "signatures", "true"),
                            question,
                            airframe().newCall())
                    .collect()
                    .join();

            assertThat(told.text()).contains("sunny");
            assertThat(backend.requests()).hasSize(1);
        }
    }

    @Test
    void tokens_counted_areTheInputOfTheAnswer() {
        InferenceRequest question = ask("What is the weather in Paris?")
                .messages(List.of(Message.system("Be brief."), Message.user("What is your name?")))
                .build();
        long counted =
                airframe().countTokens(target(), question, airframe().newCall()).join();
        InferenceResult answered = airframe()
                .infer(target(), question, airframe().newCall())
                .collect()
                .join();

        assertThat(answered.usage().inputTotal()).isEqualTo(TokenCount.known(counted));
    }

    @Test
    void models_onTwoPages_areAllThere() {
        assertThat(airframe().models(target(), airframe().newCall()).join())
                .extracting(model -> model.id() + " " + model.contextWindow())
                .containsExactly("simulated-embedding 2048", MODEL.name() + " " + MODEL.context());
    }

    /** The backend echoes a key that it does not know, as Google does. */
    @Test
    @Tag("row-58")
    void key_inWhateverIsDone_isInNoAddressNoLogAndNoError() {
        SecretCanary canary = SecretCanary.create();
        SimulatedModel model = SimulatedModel.of(MODEL.name(), 64);
        try (SimulatedBackend right =
                        SimulatedBackend.start(Scenario.create().otherwise(GeminiFace.of(model, canary.secret())));
                SimulatedBackend wrong =
                        SimulatedBackend.start(Scenario.create().otherwise(GeminiFace.of(model, KEY)));
                LogCapture log = LogCapture.start();
                OutputCapture output = OutputCapture.start()) {
            for (SimulatedBackend backend : List.of(right, wrong)) {
                Target target = target(backend, canary.secret());
                Target unknown = new Target(target.endpoint(), "no-such-model");
                everything(canary, target);
                everything(canary, unknown);
                canary.assertAbsentFrom(target, target.endpoint());
                for (SeenRequest request : backend.requests()) {
                    canary.assertAbsentFrom(request.target(), request.body());
                    assertThat(request.header("x-goog-api-key")).contains(canary.secret());
                    assertThat(request.header("authorization")).isEmpty();
                }
                assertThat(backend.requests()).hasSizeGreaterThanOrEqualTo(10);
            }
            canary.assertAbsentFrom(log, output);
            canary.assertAbsentFromThreadNames();
        }
    }

    private void everything(SecretCanary canary, Target target) {
        InferenceRequest question = ask("Why?").build();
        InferenceRequest tooLong = ask("word ".repeat(100)).build();
        List<java.util.function.Supplier<Object>> all = List.of(
                () -> airframe()
                        .infer(target, question, airframe().newCall())
                        .collect()
                        .join(),
                () -> airframe()
                        .infer(
                                target,
                                question.toBuilder().stream(false).build(),
                                airframe().newCall())
                        .collect()
                        .join(),
                () -> airframe()
                        .infer(target, tooLong, airframe().newCall())
                        .collect()
                        .join(),
                () -> airframe().models(target, airframe().newCall()).join(),
                () -> airframe().health(target, airframe().newCall()).join(),
                () -> airframe()
                        .countTokens(target, question, airframe().newCall())
                        .join());
        for (java.util.function.Supplier<Object> one : all) {
            try {
                canary.assertAbsentFrom(one.get());
            } catch (CompletionException failed) {
                canary.assertAbsentFrom(failed);
            }
        }
    }

    @Test
    @Tag("row-58")
    void key_inTheBaseUrl_isRefusedBeforeAnythingIsSent() {
        SecretCanary canary = SecretCanary.create();
        long before = requestsSeen();
        EndpointSpec endpoint = target().endpoint().toBuilder()
                .baseUrl(URI.create(target().endpoint().baseUrl() + "?key=" + canary.secret()))
                .build();
        try {
            airframe()
                    .infer(
                            new Target(endpoint, MODEL.name()),
                            ask("Why?").build(),
                            airframe().newCall())
                    .collect()
                    .join();
            throw new AssertionError("it was sent");
        } catch (CompletionException refused) {
            canary.assertAbsentFrom(refused);
            assertThat(refused).hasMessageContaining("leave it out and give the key as the endpoint's credential");
        }
        assertThat(requestsSeen()).isEqualTo(before);
    }
}
