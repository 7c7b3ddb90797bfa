package dev.avionics.airframe.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EmbeddingVectorsTest {
    private static final WireScope SCOPE = new WireScope(
            EndpointSpec.builder("e", URI.create("http://localhost:1"), BackendKind.OPENAI_CHAT)
                    .build(),
            "m",
            "call",
            Instant.EPOCH,
            Set.of());

    private static List<float[]> result(@Nullable Integer dimensions, float[]... vectors) {
        EmbeddingVectors all =
                new EmbeddingVectors(new EmbeddingRequest(List.of("a", "b"), dimensions, null, Map.of()));
        for (int i = vectors.length - 1; i >= 0; i--) {
            all.put(i, vectors[i]);
        }
        return all.result(SCOPE, Usage.absent(), null).vectors();
    }

    @Test
    void vectors_inAnyOrder_areThoseOfTheirTexts() {
        assertThat(result(2, new float[] {1, 2}, new float[] {3, 4}))
                .containsExactly(new float[] {1, 2}, new float[] {3, 4});
    }

    @Test
    void text_withoutAVector_isUnreadable() {
        assertFails(ErrorCategory.PARSE, "no vector for text 2 of 2", null, new float[] {1});
    }

    @Test
    void vectors_ofDifferentLengths_areUnreadable() {
        assertFails(ErrorCategory.PARSE, "different lengths", null, new float[] {1}, new float[] {1, 2});
    }

    @Test
    void dimensions_thatWereNotHeeded_areUnsupported() {
        assertFails(ErrorCategory.UNSUPPORTED, "have 1 (expected: 3", 3, new float[] {1}, new float[] {2});
    }

    private static void assertFails(
            ErrorCategory category, String words, @Nullable Integer dimensions, float[]... vectors) {
        assertThatThrownBy(() -> result(dimensions, vectors))
                .isInstanceOfSatisfying(
                        InferenceException.class,
                        why -> assertThat(why.category()).isEqualTo(category))
                .hasMessageContaining(words);
    }
}
