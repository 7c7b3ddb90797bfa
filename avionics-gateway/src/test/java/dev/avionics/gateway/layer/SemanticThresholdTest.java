package dev.avionics.gateway.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.InferenceRequest;
import dev.avionics.gateway.cache.Question;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * How a threshold is set: pairs of questions that want the same answer, and of such that look alike and do not; held against vectors. The
 * vectors here know words and letters only, no meaning: those of a model have to be measured in the same way.
 */
class SemanticThresholdTest {
    private record Pair(boolean same, String a, String b, double cosine) {}

    private static List<Pair> pairs() throws IOException {
        try (InputStream file = SemanticThresholdTest.class.getResourceAsStream("questions.txt")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#") && !line.isBlank())
                    .map(line -> line.split("\\|"))
                    .map(cells -> new Pair(cells[0].equals("same"), cells[1], cells[2], alike(cells[1], cells[2])))
                    .toList();
        }
    }

    private static double alike(String a, String b) {
        Question one = Question.of(InferenceRequest.of(a)).orElseThrow();
        Question other = Question.of(InferenceRequest.of(b)).orElseThrow();
        if (!one.rest()
                .messages()
                .get(0)
                .text()
                .equals(other.rest().messages().get(0).text())) {
            // Other numbers: never the same, whatever the vectors say.
            return 0;
        }
        float[] left = WordVectors.of(one.text());
        float[] right = WordVectors.of(other.text());
        double dot = 0;
        double leftSquares = 0;
        double rightSquares = 0;
        for (int i = 0; i < left.length; i++) {
            dot += left[i] * right[i];
            leftSquares += left[i] * left[i];
            rightSquares += right[i] * right[i];
        }
        return dot / Math.sqrt(leftSquares * rightSquares);
    }

    private static List<Pair> hits(List<Pair> pairs, boolean same, double threshold) {
        return pairs.stream()
                .filter(pair -> pair.same() == same && pair.cosine() >= threshold)
                .toList();
    }

    @Test
    void thresholds_tradeHitsForFalseHits() throws IOException {
        List<Pair> pairs = pairs();
        assertThat(pairs).hasSizeGreaterThanOrEqualTo(60);
        long same = pairs.stream().filter(Pair::same).count();
        List<Integer> falseHits = new ArrayList<>();
        for (double threshold : new double[] {0.7, 0.8, 0.85, 0.9, 0.95}) {
            List<Pair> wrong = hits(pairs, false, threshold);
            falseHits.add(wrong.size());
            System.out.printf(
                    "threshold %.2f: %d of %d same questions are hits, %d of %d others are false hits%n",
                    threshold, hits(pairs, true, threshold).size(), same, wrong.size(), pairs.size() - same);
        }
        hits(pairs, false, 0.8)
                .forEach(pair ->
                        System.out.printf("false hit at 0.80 (%.2f): %s / %s%n", pair.cosine(), pair.a(), pair.b()));

        assertThat(falseHits).isSortedAccordingTo((more, less) -> less - more);
        // Words in another order are the same to these vectors; a meaning is not in them.
        assertThat(hits(pairs, false, 0.95)).extracting(Pair::a).containsExactly("convert euros to dollars");
        assertThat(hits(pairs, true, 0.8)).hasSizeGreaterThanOrEqualTo((int) (same * 8 / 10));
        assertThat(hits(pairs, false, 0.8))
                .hasSizeLessThan(hits(pairs, true, 0.8).size());
    }
}
