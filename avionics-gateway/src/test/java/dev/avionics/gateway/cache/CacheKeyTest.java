package dev.avionics.gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.OutputFormat;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.ToolChoice;
import java.lang.reflect.RecordComponent;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class CacheKeyTest {
    private static CacheKey key(InferenceRequest request) {
        return CacheKey.of("tenant", "openai", "https://api.test/v1", "gpt-4o", request);
    }

    /** What makes no difference to the key, made the same; equality of the rest is that of the records. */
    private static InferenceRequest canonical(InferenceRequest request) {
        InferenceRequest.Builder builder = request.toBuilder().stream(true)
                .messages(request.messages().stream()
                        .map(message -> new Message(message.role(), message.parts(), message.name(), null))
                        .toList());
        Mutants.asJson(request.extra()).forEach(builder::extra);
        return builder.build();
    }

    @Test
    @Tag("row-132")
    void key_isEqual_ifAndOnlyIfTheCanonicalRequestsAre() {
        Mutants mutants = new Mutants();
        // Modes that stand alone, beside those that want another field with them.
        InferenceRequest plain = Samples.REQUEST.toBuilder()
                .toolChoice(ToolChoice.AUTO)
                .output(OutputFormat.TEXT)
                .build();
        List<InferenceRequest> all = new ArrayList<>(List.of(Samples.REQUEST, plain));
        mutants.of(Samples.REQUEST).forEach(mutant -> all.add((InferenceRequest) mutant.value()));
        mutants.of(plain).forEach(mutant -> all.add((InferenceRequest) mutant.value()));
        Map<InferenceRequest, CacheKey> keys = new HashMap<>();
        Map<CacheKey, InferenceRequest> requests = new HashMap<>();
        for (InferenceRequest request : all) {
            InferenceRequest canonical = canonical(request);
            CacheKey key = key(request);
            assertThat(keys.computeIfAbsent(canonical, first -> key)).isEqualTo(key);
            assertThat(requests.computeIfAbsent(key, first -> canonical)).isEqualTo(canonical);
        }
        // All but the two things that make no difference.
        assertThat(keys.size()).isGreaterThan(200);
        assertThat(mutants.places()).containsAll(everyComponentOf(Samples.REQUEST));
    }

    /** The components of all records that a value is made of. */
    private static Set<String> everyComponentOf(Object value) {
        Set<String> names = new HashSet<>();
        if (value instanceof Record record) {
            for (RecordComponent component : record.getClass().getRecordComponents()) {
                names.add(record.getClass().getSimpleName() + "." + component.getName());
                try {
                    component.getAccessor().setAccessible(true);
                    names.addAll(everyComponentOf(component.getAccessor().invoke(record)));
                } catch (ReflectiveOperationException e) {
                    throw new AssertionError(e);
                }
            }
        } else if (value instanceof List<?> list) {
            list.forEach(element -> names.addAll(everyComponentOf(element)));
        }
        return names;
    }

    @Test
    void sample_hasEveryKindOfPartAndSource_andNothingThatIsNull() {
        Set<Class<?>> seen = Samples.REQUEST.messages().stream()
                .flatMap(message -> message.parts().stream())
                .flatMap(part -> part instanceof Part.Image image
                        ? Stream.of(part, image.source())
                        : part instanceof Part.Document document ? Stream.of(part, document.source()) : Stream.of(part))
                .map(Object::getClass)
                .collect(Collectors.toSet());
        assertThat(seen).contains(Part.class.getPermittedSubclasses());
        assertThat(seen).contains(Part.MediaSource.class.getPermittedSubclasses());
        assertThat(Arrays.stream(InferenceRequest.class.getRecordComponents()))
                .allSatisfy(component -> assertThat(component.getAccessor().invoke(Samples.REQUEST))
                        .isNotNull());
        assertThat(Arrays.stream(Samples.REQUEST.sampling().getClass().getRecordComponents()))
                .allSatisfy(component -> assertThat(component.getAccessor().invoke(Samples.REQUEST.sampling()))
                        .isNotNull());
    }

    @Test
    void key_ofARequestMadeAnewWithItsMapsInAnotherOrder_isTheSame() {
        assertThat(key((InferenceRequest) Mutants.copy(Samples.REQUEST))).isEqualTo(key(Samples.REQUEST));
        Mutants mutants = new Mutants();
        for (Mutants.Mutant mutant : mutants.of(Samples.REQUEST)) {
            assertThat(key((InferenceRequest) Mutants.copy(mutant.value())))
                    .as(mutant.place())
                    .isEqualTo(key((InferenceRequest) mutant.value()));
        }
    }

    @Test
    void key_ofTextsMovedFromOneFieldToTheNext_differs() {
        SplittableRandom random = new SplittableRandom(132);
        Set<CacheKey> keys = new HashSet<>();
        Set<List<String>> fields = new HashSet<>();
        for (int round = 0; round < 3000; round++) {
            String whole = Samples.text(random, 2);
            int cut = random.nextInt(whole.length() + 1);
            List<String> two = List.of(whole.substring(0, cut), whole.substring(cut));
            fields.add(two);
            keys.add(CacheKey.of(two.get(0), two.get(1), "", "", Samples.REQUEST));
        }
        assertThat(keys).hasSameSizeAs(fields);
    }

    @Test
    void key_ofAnotherTenantProviderAddressOrModel_differs() {
        assertThat(Set.of(
                        CacheKey.of("a", "b", "c", "d", Samples.REQUEST),
                        CacheKey.of("", "b", "c", "d", Samples.REQUEST),
                        CacheKey.of("a", "", "c", "d", Samples.REQUEST),
                        CacheKey.of("a", "b", "", "d", Samples.REQUEST),
                        CacheKey.of("a", "b", "c", "", Samples.REQUEST)))
                .hasSize(5);
    }

    @Test
    void key_ofNumbersInFreeFields_goesByTheirJson() {
        InferenceRequest base = InferenceRequest.of("hi");
        CacheKey one = key(base.toBuilder().extra("n", 1).build());
        assertThat(key(base.toBuilder().extra("n", 1L).build())).isEqualTo(one);
        assertThat(key(base.toBuilder().extra("n", BigInteger.ONE).build())).isEqualTo(one);
        assertThat(key(base.toBuilder().extra("n", 1.0).build())).isNotEqualTo(one);
        assertThat(key(base.toBuilder().extra("n", "1").build())).isNotEqualTo(one);
        assertThat(key(base.toBuilder().extra("n", true).build())).isNotEqualTo(one);
    }

    @Test
    void hash_thatIsNone_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CacheKey("abc"))
                .withMessage("hash: abc (expected: 64 hexadecimal digits)");
    }
}
