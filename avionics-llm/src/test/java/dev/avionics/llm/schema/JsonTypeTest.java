package dev.avionics.llm.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.json.JsonValues;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonTypeTest {
    enum Colour {
        RED,
        GREEN
    }

    @Described("a point")
    record Point(
            @Described("to the right") int x,
            @Described(name = "up") double y) {
        Point {
            if (x == 13) {
                throw new IllegalArgumentException("x: 13 (expected: another)");
            }
        }
    }

    record Page<T>(List<T> items, Optional<T> next) {}

    record All(
            String text,
            boolean flag,
            char letter,
            byte tiny,
            short small,
            int whole,
            long large,
            float single,
            double number,
            @Nullable Boolean boxedFlag,
            @Nullable Character boxedLetter,
            @Nullable Byte boxedTiny,
            @Nullable Short boxedSmall,
            Integer boxedWhole,
            Long boxedLarge,
            Float boxedSingle,
            Double boxedNumber,
            BigInteger huge,
            BigDecimal exact,
            Colour colour,
            @Nullable Colour maybeColour,
            Point point,
            @Nullable Point maybePoint,
            Optional<String> optional,
            List<Point> points,
            Set<Colour> colours,
            List<List<@Nullable String>> table,
            Map<String, Point> named,
            Page<Point> page,
            LocalDate day,
            LocalTime time,
            LocalDateTime local,
            OffsetDateTime offset,
            Instant moment,
            Duration length,
            UUID id,
            URI address,
            @Nullable Object anything) {}

    record Arrays(int[] numbers, String[] names, List<String>[] lists) {}

    record Node(String name, List<Node> children) {}

    record Left(Right right) {}

    record Right(Optional<Left> left) {}

    record Odd(Thread thread) {}

    record Keys(Map<Integer, String> map) {}

    record Twice(
            @Described(name = "a") int one,
            @Described(name = "a") int two) {}

    @Test
    void schema_ofARecord_describesNamesAndCloses() {
        assertThat(JsonType.of(Point.class).schemaJson())
                .isEqualTo(
                        "{\"type\":\"object\",\"description\":\"a point\",\"properties\":{\"x\":{\"type\":\"integer\","
                                + "\"description\":\"to the right\"},\"up\":{\"type\":\"number\"}},\"required\":[\"x\",\"up\"],"
                                + "\"additionalProperties\":false}");
    }

    @Test
    void schema_whatMayBeNull_needNotBeThereUnlessItIsClosed() {
        JsonType<Page<Point>> type = page();

        assertThat(type.schema().get("required")).isEqualTo(List.of("items"));
        assertThat(type.closedSchemaJson())
                .contains("\"required\":[\"items\",\"next\"]")
                .contains("\"next\":{\"type\":[\"object\",\"null\"]");
        assertThat(JsonSchema.parse(type.closedSchemaJson()).isClosed()).isTrue();
        assertThat(JsonSchema.parse(type.schemaJson()).isClosed()).isFalse();
    }

    @SuppressWarnings("unchecked")
    private static JsonType<Page<Point>> page() {
        return (JsonType<Page<Point>>) JsonType.of(All.class.getRecordComponents()[28].getGenericType());
    }

    @Test
    void read_leftOutAndNull_areTheSame() {
        Page<Point> left = page().readText("{\"items\":[]}");
        Page<Point> none = page().readText("{\"items\":[],\"next\":null}");

        assertThat(left).isEqualTo(none).isEqualTo(new Page<>(List.of(), Optional.empty()));
    }

    @Test
    void read_wrongValue_namesThePath() {
        JsonType<All> all = JsonType.of(All.class);
        Map<String, Object> json = plain(instance(new SplittableRandom(7)));

        assertProblem(all, with(json, "points", List.of(Map.of("x", 1, "up", 2), Map.of("x", "1", "up", 2))))
                .isEqualTo("$.points[1].x: the text \"1\" (expected: a whole number that fits into int)");
        assertProblem(all, with(json, "named", Map.of("a b", Map.of("x", 1)))).isEqualTo("$.named['a b'].up: missing");
        assertProblem(all, with(json, "colour", "BLUE"))
                .isEqualTo("$.colour: the text \"BLUE\" (expected: one of RED, GREEN)");
        assertProblem(all, with(json, "day", "soon"))
                .isEqualTo("$.day: the text \"soon\" (expected: a date such as 2026-01-31)");
        assertProblem(all, with(json, "tiny", 128))
                .isEqualTo("$.tiny: 128 (expected: a whole number that fits into byte)");
        assertProblem(all, with(json, "large", 1.5)).startsWith("$.large: 1.5 (expected");
        assertProblem(all, with(json, "single", 1e300)).startsWith("$.single: 1.0E300 (expected");
        assertProblem(all, with(json, "table", List.of(List.of("a"), "b")))
                .isEqualTo("$.table[1]: the text \"b\" (expected: a list)");
        assertProblem(all, with(json, "point", List.of())).isEqualTo("$.point: a list (expected: an object)");
        assertProblem(all, with(json, "text", null)).isEqualTo("$.text: nothing (expected: a text)");
    }

    @Test
    void read_checkOfTheRecordItself_isTold() {
        assertThatThrownBy(() -> page().readText("{\"items\":[{\"x\":1,\"up\":1},{\"x\":13,\"up\":1}]}"))
                .isInstanceOf(JsonMismatchException.class)
                .hasMessage("$.items[1]: x: 13 (expected: another)");
    }

    @Test
    void read_wholeNumberWithAPoint_isTaken() {
        assertThat(JsonType.of(Point.class).readText("{\"x\":5.0,\"up\":1}")).isEqualTo(new Point(5, 1));
    }

    @Test
    @org.junit.jupiter.api.Timeout(10)
    void read_numberThatWouldFillTheMemory_isRefused() {
        record Large(BigInteger number) {}
        JsonType<Large> type = JsonType.of(Large.class);

        assertThat(JsonSchema.parse(type.schemaJson()).check("{\"number\":1e999999999}"))
                .hasSize(1);
        assertThatThrownBy(() -> type.readText("{\"number\":1e999999999}"))
                .hasMessageContaining("expected: a whole number");
    }

    @Test
    void arrays_goThereAndBack() {
        JsonType<Arrays> type = JsonType.of(Arrays.class);
        Arrays read = type.readText("{\"numbers\":[1,2],\"names\":[\"a\"],\"lists\":[[\"b\"],[]]}");

        assertThat(read.numbers()).containsExactly(1, 2);
        assertThat(read.names()).containsExactly("a");
        assertThat(read.lists()).containsExactly(List.of("b"), List.of());
        assertThat(JsonValues.write(JsonType.toJson(read)))
                .isEqualTo("{\"numbers\":[1,2],\"names\":[\"a\"],\"lists\":[[\"b\"],[]]}");
    }

    @Test
    void of_recursion_isRefusedWithTheWay() {
        assertThatThrownBy(() -> JsonType.of(Node.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Node contains itself (Node → Node)");
        assertThatThrownBy(() -> JsonType.of(Left.class)).hasMessageContaining("(Left → Right → Left)");
    }

    @Test
    void of_typesThatAreNotTaken_areRefusedWithThePlace() {
        assertThatThrownBy(() -> JsonType.of(Odd.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Odd.thread: java.lang.Thread (expected");
        assertThatThrownBy(() -> JsonType.of(Keys.class)).hasMessageContaining("Keys.map: keys of java.lang.Integer");
        assertThatThrownBy(() -> JsonType.of(Twice.class)).hasMessageContaining("two properties are named a");
        assertThatThrownBy(() -> JsonType.of(Page.class)).hasMessageContaining("Page");
        assertThatThrownBy(() -> JsonType.toJson(Thread.currentThread())).isInstanceOf(IllegalArgumentException.class);
    }

    /** Any instance, written as JSON, fits the schema of its type, and read from there it is itself again. */
    @Test
    void anyInstance_fitsItsSchemaAndComesBack() {
        JsonType<All> type = JsonType.of(All.class);
        JsonSchema open = JsonSchema.parse(type.schemaJson());
        JsonSchema closed = JsonSchema.parse(type.closedSchemaJson());
        SplittableRandom random = new SplittableRandom(42);
        for (int i = 0; i < 300; i++) {
            All instance = instance(random);
            String text = JsonValues.write(JsonType.toJson(instance));

            assertThat(closed.check(text)).as(text).isEmpty();
            assertThat(open.check(text)).isEmpty();
            assertThat(type.readText(text)).isEqualTo(instance);
            Map<String, Object> without = plain(instance);
            without.values().removeIf(value -> value == null);
            assertThat(open.check(JsonValues.write(without))).isEmpty();
            assertThat(type.read(without)).isEqualTo(instance);
        }
    }

    private static org.assertj.core.api.AbstractStringAssert<?> assertProblem(
            JsonType<?> type, Map<String, Object> json) {
        try {
            type.readText(JsonValues.write(json));
        } catch (JsonMismatchException e) {
            return assertThat(e.problems()).hasSize(1).first().asString().isEqualTo(e.getMessage());
        }
        throw new AssertionError("it was taken");
    }

    private static Map<String, Object> with(Map<String, Object> json, String name, Object value) {
        Map<String, Object> other = new LinkedHashMap<>(json);
        other.put(name, value);
        return other;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> plain(All instance) {
        return (Map<String, Object>) JsonType.toJson(instance);
    }

    private static All instance(SplittableRandom random) {
        return new All(
                text(random),
                random.nextBoolean(),
                (char) random.nextInt('a', 'z'),
                (byte) random.nextInt(),
                (short) random.nextInt(),
                random.nextInt(),
                random.nextLong(),
                (float) random.nextDouble(-1e6, 1e6),
                random.nextDouble(-1e9, 1e9),
                maybe(random, random.nextBoolean()),
                maybe(random, 'ß'),
                maybe(random, (byte) 1),
                maybe(random, (short) -2),
                maybe(random, random.nextInt()),
                maybe(random, random.nextLong()),
                maybe(random, 1.5f),
                maybe(random, random.nextDouble()),
                BigInteger.valueOf(random.nextLong()).multiply(BigInteger.valueOf(random.nextLong())),
                BigDecimal.valueOf(random.nextLong(-1_000_000, 1_000_000) * 10 + 1, 3),
                colour(random),
                maybe(random, colour(random)),
                point(random),
                maybe(random, point(random)),
                Optional.ofNullable(maybe(random, text(random))),
                points(random),
                new LinkedHashSet<>(List.of(colour(random))),
                List.of(List.of(), java.util.Arrays.asList(text(random), null)),
                Map.of(text(random), point(random)),
                new Page<>(points(random), Optional.ofNullable(maybe(random, point(random)))),
                LocalDate.ofEpochDay(random.nextInt(0, 40_000)),
                LocalTime.ofSecondOfDay(random.nextInt(0, 86_400)),
                LocalDateTime.ofEpochSecond(random.nextInt(), random.nextInt(0, 1_000_000_000), ZoneOffset.UTC),
                OffsetDateTime.ofInstant(
                        Instant.ofEpochSecond(random.nextInt() / 60 * 60), ZoneOffset.ofHours(random.nextInt(-12, 13))),
                Instant.ofEpochMilli(random.nextLong(0, 4_000_000_000_000L)),
                Duration.ofSeconds(random.nextInt(0, 1_000_000)),
                new UUID(random.nextLong(), random.nextLong()),
                URI.create("https://example.com/" + random.nextInt(0, 9)),
                maybe(random, Map.of("a", List.of(1L, "b", true))));
    }

    private static <T> @Nullable T maybe(SplittableRandom random, T value) {
        return random.nextBoolean() ? value : null;
    }

    private static Colour colour(SplittableRandom random) {
        return Colour.values()[random.nextInt(2)];
    }

    private static Point point(SplittableRandom random) {
        return new Point(random.nextInt(14, 1000), random.nextDouble());
    }

    private static List<Point> points(SplittableRandom random) {
        List<Point> points = new ArrayList<>();
        for (int i = random.nextInt(0, 3); i > 0; i--) {
            points.add(point(random));
        }
        return points;
    }

    private static String text(SplittableRandom random) {
        return List.of("", "a b", "\"quoted\"\n", "ünï🙂", "null").get(random.nextInt(5)) + random.nextInt(0, 9);
    }
}
