package dev.avionics.gateway.cache;

import dev.avionics.airframe.json.JsonValues;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A value with one thing in it changed, for each thing: found by the components of its records, so that a component that is new is
 * changed too. What the record does not take is left out.
 */
final class Mutants {
    /** Where something was changed, such as {@code Sampling.topK}, and what came of it. */
    record Mutant(String place, Object value) {}

    private final Set<String> places = new TreeSet<>();

    /** The places at which something could be changed so far. */
    Set<String> places() {
        return places;
    }

    List<Mutant> of(Record value) {
        List<Mutant> all = new ArrayList<>();
        RecordComponent[] components = value.getClass().getRecordComponents();
        for (int i = 0; i < components.length; i++) {
            String place = value.getClass().getSimpleName() + "." + components[i].getName();
            for (Mutant inner : anyOf(place, read(components[i], value))) {
                Object made = with(value, i, inner.value());
                if (made != null) {
                    places.add(place);
                    all.add(new Mutant(inner.place(), made));
                }
            }
            Object without = components[i].getType().isPrimitive() || read(components[i], value) == null
                    ? null
                    : with(value, i, null);
            if (without != null) {
                places.add(place);
                all.add(new Mutant(place + " gone", without));
            }
        }
        return all;
    }

    private List<Mutant> anyOf(String place, Object value) {
        List<Mutant> all = new ArrayList<>();
        if (value instanceof Record record) {
            all.addAll(of(record));
        } else if (value instanceof List<?> list) {
            lists(place, list, all);
        } else if (value instanceof Map<?, ?> map) {
            maps(place, map, all);
        } else {
            for (Object other : leaves(value)) {
                all.add(new Mutant(place, other));
            }
        }
        return all;
    }

    private void lists(String place, List<?> list, List<Mutant> all) {
        for (int i = 0; i < list.size(); i++) {
            List<Object> shorter = new ArrayList<>(list);
            shorter.remove(i);
            all.add(new Mutant(place + " less", shorter));
            List<Object> longer = new ArrayList<>(list);
            longer.add(i, list.get(i));
            all.add(new Mutant(place + " twice", longer));
            if (i > 0) {
                List<Object> turned = new ArrayList<>(list);
                turned.add(i - 1, turned.remove(i));
                all.add(new Mutant(place + " turned", turned));
            }
            for (Mutant inner : anyOf(place, list.get(i))) {
                List<Object> changed = new ArrayList<>(list);
                changed.set(i, inner.value());
                all.add(new Mutant(inner.place(), changed));
            }
        }
    }

    private void maps(String place, Map<?, ?> map, List<Mutant> all) {
        map.forEach((key, value) -> {
            Map<Object, Object> less = new LinkedHashMap<>(map);
            less.remove(key);
            all.add(new Mutant(place + " less", less));
            Map<Object, Object> renamed = new LinkedHashMap<>(less);
            renamed.put(key + "x", value);
            all.add(new Mutant(place + " renamed", renamed));
            for (Mutant inner : anyOf(place, value)) {
                Map<Object, Object> changed = new LinkedHashMap<>(map);
                changed.put(key, inner.value());
                all.add(new Mutant(inner.place(), changed));
            }
        });
    }

    /** Other values of a type; the type that is not known here fails the test that needs it. */
    private static List<Object> leaves(Object value) {
        if (value == null) {
            // What is null in a full value is null only because its record wants it.
            return List.of();
        }
        if (value instanceof String text) {
            return List.of(
                    text + "x", text + " ", "{\"type\":\"object\",\"x\":1}", text.toUpperCase(java.util.Locale.ROOT));
        }
        if (value instanceof Boolean truth) {
            return List.of(!truth);
        }
        if (value instanceof Integer number) {
            return List.of(number + 1, number + 256);
        }
        if (value instanceof Long number) {
            return List.of(number + 1, number + (1L << 40));
        }
        if (value instanceof Double number) {
            return List.of(number / 2 + 0.01, Math.nextUp(number));
        }
        if (value instanceof URI) {
            return List.of(URI.create("https://pictures.test/b.png"));
        }
        if (value instanceof Instant time) {
            return List.of(time.plusSeconds(1));
        }
        if (value instanceof Enum<?> constant) {
            return Arrays.stream(constant.getDeclaringClass().getEnumConstants())
                    .filter(other -> other != constant)
                    .map(Object.class::cast)
                    .toList();
        }
        throw new AssertionError("no other value is known of a " + value.getClass() + ": add one here");
    }

    private static Object read(RecordComponent component, Record of) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(of);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    /** The record with another component; null if it does not take that. */
    private static Object with(Record value, int at, Object component) {
        RecordComponent[] components = value.getClass().getRecordComponents();
        Object[] all = new Object[components.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = i == at ? component : read(components[i], value);
        }
        return made(value.getClass(), all);
    }

    static Object made(Class<?> type, Object... arguments) {
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(Arrays.stream(type.getRecordComponents())
                    .map(RecordComponent::getType)
                    .toArray(Class<?>[]::new));
            constructor.setAccessible(true);
            return constructor.newInstance(arguments);
        } catch (InvocationTargetException refused) {
            if (refused.getCause() instanceof IllegalArgumentException
                    || refused.getCause() instanceof NullPointerException) {
                return null;
            }
            throw new AssertionError(refused);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    /** The same value made anew all the way down, with every map in another order. */
    static Object copy(Object value) {
        if (value instanceof Record record) {
            Object[] all = Arrays.stream(record.getClass().getRecordComponents())
                    .map(component -> copy(read(component, record)))
                    .toArray();
            return made(record.getClass(), all);
        }
        if (value instanceof List<?> list) {
            List<Object> copies = new ArrayList<>();
            list.forEach(element -> copies.add(copy(element)));
            return copies;
        }
        if (value instanceof Map<?, ?> map) {
            List<Object> keys = new ArrayList<>(map.keySet());
            java.util.Collections.reverse(keys);
            Map<Object, Object> copies = new LinkedHashMap<>();
            keys.forEach(key -> copies.put(copy(key), copy(map.get(key))));
            return copies;
        }
        if (value instanceof String text) {
            return new StringBuilder(text).toString();
        }
        return value;
    }

    /** A map as its JSON says it, whatever types its numbers have. */
    static Map<String, Object> asJson(Map<String, ?> fields) {
        return JsonValues.parseObject(JsonValues.write(fields));
    }
}
