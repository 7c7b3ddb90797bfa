package dev.avionics.cost;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.spi.TokenEstimator;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenAiTokensTest {
    @ParameterizedTest
    @CsvSource({
        "gpt-4, cl100k_base",
        "gpt-4-turbo-2024-04-09, cl100k_base",
        "gpt-3.5-turbo-0125, cl100k_base",
        "gpt-35-turbo, cl100k_base",
        "text-embedding-3-small, cl100k_base",
        "GPT-4o, o200k_base",
        "gpt-4o-mini-2024-07-18, o200k_base",
        "ft:gpt-4o-mini-2024-07-18:org, o200k_base",
        "gpt-4.1, o200k_base",
        "gpt-4.1-nano, o200k_base",
        "gpt-4.5-preview, o200k_base",
        "gpt-5, o200k_base",
        "gpt-5-mini, o200k_base",
        "gpt-6.2-sol, o200k_base",
        "o1, o200k_base",
        "o3-mini, o200k_base",
        "o4-mini-2025-04-16, o200k_base",
        "openai/gpt-oss-20b, o200k_base"
    })
    void encoding_model_hasItsVocabulary(String model, String encoding) {
        assertThat(OpenAiTokens.encoding(model)).contains(encoding);
    }

    @ParameterizedTest
    @CsvSource({"claude-sonnet-4-6", "gemini-2.5-pro", "llama-3.1-8b-instant", "o11y-model", "omni-moderation", "gpt-4x"
    })
    void forModel_otherVendors_isEmpty(String model) {
        assertThat(OpenAiTokens.forModel(model)).isEmpty();
    }

    @Test
    void encodings_everyChatModelOfOpenAisList_hasOne() {
        List<String> without = PriceBook.bundled().prices().stream()
                .filter(price -> price.provider().equals("openai"))
                .map(Price::model)
                .filter(model -> OpenAiTokens.encoding(model).isEmpty())
                .toList();

        assertThat(without).isEmpty();
    }

    @Test
    void estimate_text_isCountedWithTheVocabularyOfTheModel() {
        TokenEstimator old = OpenAiTokens.forModel("gpt-4").orElseThrow();
        TokenEstimator newer = OpenAiTokens.forModel("gpt-4.1").orElseThrow();

        assertThat(old.estimate("")).isZero();
        assertThat(old.estimate("hello world")).isEqualTo(2);
        assertThat(newer.estimate("hello world")).isEqualTo(2);
        assertThat(newer.estimate("Привет, как дела?")).isLessThan(old.estimate("Привет, как дела?"));
        assertThat(old.estimate("<|endoftext|>")).isGreaterThan(1);
        assertThat(OpenAiTokens.forModel("gpt-4-turbo")).containsSame(old);
    }

    @Test
    void choice_inACalculator_countsTokens() {
        CostCalculator calculator = CostCalculator.builder()
                .clock(Clock.fixed(BundledPricesTest.DAY, ZoneOffset.UTC))
                .estimators(OpenAiTokens.choice())
                .completionShare(0)
                .build();

        assertThat(calculator.estimate("openai", "gpt-4", "hello world").usd()).isEqualByComparingTo("0.00006");
    }

    /** The class path of this test, less one jar, is what a program has that did not ask for it. */
    @Test
    void forModel_withoutTheJar_isEmptyAndNothingFails() throws Exception {
        try (URLClassLoader loader =
                new URLClassLoader(classPathWithout("jtokkit"), ClassLoader.getPlatformClassLoader())) {
            Class<?> type = loader.loadClass(OpenAiTokens.class.getName());

            assertThat(type.getClassLoader()).isSameAs(loader);
            assertThat(type.getMethod("isAvailable").invoke(null)).isEqualTo(false);
            assertThat(type.getMethod("forModel", String.class).invoke(null, "gpt-4"))
                    .isEqualTo(Optional.empty());
        }
        assertThat(OpenAiTokens.isAvailable()).isTrue();
    }

    private static URL[] classPathWithout(String jar) throws MalformedURLException {
        List<URL> urls = new ArrayList<>();
        for (String part : System.getProperty("java.class.path").split(java.io.File.pathSeparator)) {
            if (!part.contains(jar)) {
                urls.add(java.nio.file.Path.of(part).toUri().toURL());
            }
        }
        return urls.toArray(URL[]::new);
    }
}
