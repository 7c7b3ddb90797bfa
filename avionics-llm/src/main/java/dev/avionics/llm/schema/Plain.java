package dev.avionics.llm.schema;

import java.lang.reflect.Array;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Java values as strings, numbers, booleans, nulls, lists and maps. */
final class Plain {
    private static final Set<Class<?>> WORDS = Set.of(
            Character.class,
            LocalDate.class,
            LocalTime.class,
            LocalDateTime.class,
            Instant.class,
            Duration.class,
            UUID.class,
            URI.class);

    private Plain() {}

    static @Nullable Object of(@Nullable Object value) {
        if (value == null || value instanceof String || value instanceof Number || value instanceof Boolean) {
            return value;
        }
        if (value instanceof Enum<?> constant) {
            return constant.name();
        }
        if (value instanceof Optional<?> optional) {
            return of(optional.orElse(null));
        }
        if (value instanceof OffsetDateTime moment) {
            // Seconds are left out otherwise where they are zero, and the format wants them.
            return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(moment);
        }
        if (WORDS.contains(value.getClass())) {
            return value.toString();
        }
        if (value instanceof Record record) {
            return record(record);
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> plain = new LinkedHashMap<>();
            map.forEach((name, element) -> plain.put(String.valueOf(of(name)), of(element)));
            return plain;
        }
        List<@Nullable Object> plain = new ArrayList<>();
        if (value instanceof Iterable<?> list) {
            list.forEach(element -> plain.add(of(element)));
            return plain;
        }
        if (value.getClass().isArray()) {
            for (int i = 0; i < Array.getLength(value); i++) {
                plain.add(of(Array.get(value, i)));
            }
            return plain;
        }
        throw new IllegalArgumentException("value: " + value.getClass().getName()
                + " (expected: a record, or one of the types that JsonType names)");
    }

    private static Object record(Record record) {
        Map<String, @Nullable Object> plain = new LinkedHashMap<>();
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            Described described = component.getAnnotation(Described.class);
            boolean renamed = described != null && !described.name().isEmpty();
            try {
                Method accessor = component.getAccessor();
                accessor.setAccessible(true);
                plain.put(renamed ? described.name() : component.getName(), of(accessor.invoke(record)));
            } catch (ReflectiveOperationException | InaccessibleObjectException e) {
                throw new IllegalArgumentException(
                        record.getClass().getName() + "." + component.getName() + " cannot be read", e);
            }
        }
        return plain;
    }
}
