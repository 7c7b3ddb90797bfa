package dev.avionics.airframe.gemini;

import static dev.avionics.airframe.gemini.Given.adjusted;
import static dev.avionics.airframe.gemini.Given.at;
import static dev.avionics.airframe.gemini.Given.exchange;
import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.ThinkingOptions;
import dev.avionics.airframe.ThinkingOptions.Effort;
import dev.avionics.airframe.spi.Exchange;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the wanted depth of thinking is told to which model. */
class ThinkingTest {
    private static InferenceRequest thinking(ThinkingOptions options) {
        return InferenceRequest.of("q").toBuilder().thinking(options).build();
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "gemini-2.5-flash        | NONE    |       | {thinkingBudget=0}                             | ",
                "gemini-2.5-flash        | LOW     |       | {includeThoughts=true, thinkingBudget=1024}    | ",
                "gemini-2.5-flash        | HIGH    |       | {includeThoughts=true, thinkingBudget=24576}   | ",
                "gemini-2.5-flash        | LOW     | 99999 | {includeThoughts=true, thinkingBudget=24576}   | changed thinking budget",
                "gemini-2.5-flash-lite   | LOW     | 100   | {includeThoughts=true, thinkingBudget=512}     | changed thinking budget",
                "gemini-2.5-pro          | NONE    |       | {thinkingBudget=128}                           | changed thinking",
                "gemini-2.5-pro          | MAX     |       | {includeThoughts=true, thinkingBudget=32768}   | ",
                "gemini-3-pro-preview    | MEDIUM  |       | {includeThoughts=true, thinkingLevel=low}      | changed thinking",
                "gemini-3.1-pro-preview  | MEDIUM  |       | {includeThoughts=true, thinkingLevel=medium}   | ",
                "gemini-3.1-pro-preview  | MINIMAL |       | {includeThoughts=true, thinkingLevel=low}      | changed thinking",
                "gemini-3.5-flash        | MINIMAL |       | {includeThoughts=true, thinkingLevel=minimal}  | ",
                "gemini-3.5-flash        | NONE    |       | {thinkingLevel=minimal}                        | changed thinking",
                "gemini-3.8-flash        | NONE    |       | {thinkingLevel=low}                            | changed thinking",
                "gemini-4-argon          | MAX     |       | {includeThoughts=true, thinkingLevel=high}     | ",
                "models/gemini-4-argon   | XHIGH   |       | {includeThoughts=true, thinkingLevel=high}     | changed thinking",
                "gemini-4-argon          | HIGH    | 500   | {includeThoughts=true, thinkingLevel=high}     | dropped thinking budget",
                "gemini-flash-latest     | LOW     |       | {includeThoughts=true, thinkingLevel=low}      | ",
                "gemini-2.0-flash        | LOW     |       | null                                           | dropped thinking",
                "gemini-2.0-flash        | NONE    |       | null                                           | ",
            })
    void depth_forAModel_isWhatItKnows(String model, Effort effort, Integer budget, String config, String adjusted) {
        Exchange<?> sent = exchange(model, thinking(new ThinkingOptions(effort, budget)));

        assertThat(String.valueOf(at(sent, "generationConfig", "thinkingConfig")))
                .isEqualTo(config);
        assertThat(adjusted(sent)).isEqualTo(adjusted == null ? List.of() : List.of(adjusted));
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "gemini-4-argon   | HIGH | no thinkingLevel                    | {includeThoughts=true, thinkingBudget=24576}",
                "gemini-4-argon   | HIGH | no level high                       | {includeThoughts=true, thinkingLevel=medium}",
                "gemini-2.5-flash | NONE | always thinks                       | {thinkingBudget=1}",
                "gemini-2.5-flash | HIGH | no thinkingBudget                   | {includeThoughts=true, thinkingLevel=high}",
                "gemini-2.5-flash | HIGH | no thinkingConfig                   | null",
                "gemini-2.5-flash | HIGH | no thinkingBudget,no thinkingLevel  | null",
            })
    void depth_thatWasRefusedBefore_isAskedForInAnotherWay(String model, Effort effort, String learned, String config) {
        Exchange<?> sent = exchange(model, thinking(ThinkingOptions.of(effort)), learned.split(",", -1));

        assertThat(String.valueOf(at(sent, "generationConfig", "thinkingConfig")))
                .isEqualTo(config);
    }

    @Test
    void depth_thatNobodyAskedFor_isNotSent() {
        for (String model : Arrays.asList("gemini-2.5-pro", "gemini-3.1-pro-preview", "unknown")) {
            assertThat(Given.body(model, InferenceRequest.of("q"))).doesNotContain("thinking");
        }
    }

    @Test
    void depth_inTheCallersOwnFields_wins() {
        InferenceRequest request = thinking(ThinkingOptions.of(Effort.HIGH)).toBuilder()
                .extra("generationConfig", java.util.Map.of("thinkingConfig", java.util.Map.of("thinkingBudget", 5)))
                .build();

        assertThat(at(exchange(Given.NEW, request), "generationConfig", "thinkingConfig"))
                .hasToString("{thinkingBudget=5}");
    }

    @Test
    void rulesOfTheEndpoint_overruleTheFiles() {
        Exchange<?> sent = Given.exchange(
                Given.with("thinking", "budget"), "gemini-4-argon", thinking(ThinkingOptions.of(Effort.LOW)));

        assertThat(at(sent, "generationConfig", "thinkingConfig", "thinkingBudget"))
                .isEqualTo(1024L);
    }
}
