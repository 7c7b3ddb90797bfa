package dev.avionics.airframe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every value, by its shape. */
class ValueShapeTest {
    /** The packages whose records are values of the caller or of an adapter. */
    private static final Set<String> PACKAGES = Set.of("", ".call", ".error", ".spi", ".stream", ".endpoint");

    /** Open on purpose: the errors of other modules are thin subclasses. */
    private static final Set<String> OPEN = Set.of("InferenceException");

    static Stream<Record> values() {
        return Stream.of(Values.EVENTS, Values.PARTS, Values.SOURCES, Values.others())
                .flatMap(Collection::stream)
                .map(Record.class::cast);
    }

    private static List<Class<?>> publicTypes() {
        String root = Values.class.getPackageName();
        Path classes;
        try {
            classes = Path.of(Message.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
        try (Stream<Path> files = Files.walk(classes)) {
            List<Class<?>> types = new ArrayList<>();
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".class")).toList()) {
                String name =
                        classes.relativize(file).toString().replace('/', '.').replaceAll("\\.class$", "");
                if (name.endsWith("package-info") || name.equals("module-info")) {
                    continue;
                }
                Class<?> type = Class.forName(name, false, Message.class.getClassLoader());
                if (isPublic(type) && PACKAGES.contains(type.getPackageName().substring(root.length()))) {
                    types.add(type);
                }
            }
            return types;
        } catch (IOException | ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isPublic(Class<?> type) {
        for (Class<?> t = type; t != null; t = t.getEnclosingClass()) {
            if (!Modifier.isPublic(t.getModifiers())) {
                return false;
            }
        }
        return !type.isSynthetic() && !type.isAnonymousClass();
    }

    @Test
    void publicTypes_areClosed() {
        List<Class<?>> types = publicTypes();
        assertThat(types).contains(Message.class, Part.MediaSource.Inline.class).hasSizeGreaterThan(80);
        for (Class<?> type : types) {
            boolean closed = type.isInterface()
                    || type.isRecord()
                    || type.isEnum()
                    || type.isSealed()
                    || Modifier.isFinal(type.getModifiers());
            assertThat(closed || OPEN.contains(type.getSimpleName()))
                    .as(type.getName())
                    .isTrue();
        }
    }

    @Test
    void fields_ofPublicTypes_areNotOpen() {
        for (Class<?> type : publicTypes()) {
            for (Field field : type.getDeclaredFields()) {
                int modifiers = field.getModifiers();
                assertThat(Modifier.isPublic(modifiers) && !Modifier.isFinal(modifiers))
                        .as(field.toString())
                        .isFalse();
                if (type.isRecord()) {
                    assertThat(Modifier.isFinal(modifiers)).as(field.toString()).isTrue();
                }
            }
        }
    }

    @Test
    void everyRecord_hasASample() {
        Set<Class<?>> sampled = new HashSet<>();
        values().forEach(value -> sampled.add(value.getClass()));
        assertThat(sampled)
                .containsAll(publicTypes().stream().filter(Class::isRecord).toList());
    }

    @ParameterizedTest
    @MethodSource("values")
    void nullComponent_isRefusedByName_unlessNullable(Record value) throws ReflectiveOperationException {
        RecordComponent[] components = value.getClass().getRecordComponents();
        Constructor<?> constructor = value.getClass()
                .getDeclaredConstructor(
                        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
        constructor.setAccessible(true);
        for (int i = 0; i < components.length; i++) {
            if (components[i].getType().isPrimitive()) {
                continue;
            }
            Object[] arguments = arguments(value);
            arguments[i] = null;
            Throwable thrown = catchThrowable(() -> make(constructor, arguments));
            if (isNullable(components[i])) {
                assertThat(thrown instanceof NullPointerException)
                        .as(components[i].toString())
                        .isFalse();
            } else {
                assertThat(thrown).as(components[i].toString()).isInstanceOf(NullPointerException.class);
            }
        }
    }

    private static boolean isNullable(RecordComponent component) {
        AnnotatedType type = component.getAnnotatedType();
        return type.isAnnotationPresent(Nullable.class);
    }

    private static Object[] arguments(Record value) throws ReflectiveOperationException {
        RecordComponent[] components = value.getClass().getRecordComponents();
        Object[] arguments = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            components[i].getAccessor().setAccessible(true);
            arguments[i] = components[i].getAccessor().invoke(value);
        }
        return arguments;
    }

    private static Object make(Constructor<?> constructor, Object[] arguments) throws Throwable {
        try {
            return constructor.newInstance(arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    @ParameterizedTest
    @MethodSource("values")
    void lists_areCopied_andCannotBeChanged(Record value) throws Throwable {
        RecordComponent[] components = value.getClass().getRecordComponents();
        Constructor<?> constructor = value.getClass()
                .getDeclaredConstructor(
                        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
        constructor.setAccessible(true);
        Object[] arguments = arguments(value);
        List<Runnable> changes = new ArrayList<>();
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i] instanceof List<?> list) {
                assertThat(list).as("sample of " + components[i]).isNotEmpty();
                List<Object> mine = new ArrayList<>(list);
                arguments[i] = mine;
                changes.add(mine::clear);
            } else if (arguments[i] instanceof Set<?> set) {
                Set<Object> mine = new HashSet<>(set);
                arguments[i] = mine;
                changes.add(mine::clear);
            } else if (arguments[i] instanceof Map<?, ?> map) {
                assertThat(map).as("sample of " + components[i]).isNotEmpty();
                Map<Object, Object> mine = new HashMap<>(map);
                arguments[i] = mine;
                changes.add(mine::clear);
            }
        }
        Record copy = (Record) make(constructor, arguments);
        changes.forEach(Runnable::run);
        assertThat(copy.toString()).isEqualTo(value.toString());
        for (Object component : arguments(copy)) {
            if (component instanceof Collection<?> collection) {
                assertThatThrownBy(collection::clear).isInstanceOf(UnsupportedOperationException.class);
            } else if (component instanceof Map<?, ?> map) {
                assertThatThrownBy(map::clear).isInstanceOf(UnsupportedOperationException.class);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("values")
    @Tag("row-21")
    void keys_areShownByNoValue(Record value) {
        assertThat(value.toString()).doesNotContain(Values.KEY, Values.KEY.substring(0, 14));
    }

    @Test
    void toBuilder_givesTheSameValue() {
        assertThat(Values.REQUEST.toBuilder().build()).isEqualTo(Values.REQUEST);
        assertThat(Values.SAMPLING.toBuilder().build()).isEqualTo(Values.SAMPLING);
        assertThat(Values.ENDPOINT.toBuilder().build()).isEqualTo(Values.ENDPOINT);
        assertThat(Values.USAGE.toBuilder().build()).isEqualTo(Values.USAGE);
    }

    @Test
    void samples_setEveryComponent_soThatARoundTripCanLoseNone() throws ReflectiveOperationException {
        Record bare = InferenceRequest.of("hi");
        assertDiffers(bare, Values.REQUEST);
        assertDiffers(Sampling.NONE, Values.SAMPLING);
        assertDiffers(Usage.absent(), Values.USAGE);
        assertDiffers(
                EndpointSpec.builder("b", URI.create("http://b"), BackendKind.MOCK)
                        .build(),
                Values.ENDPOINT);
    }

    private static void assertDiffers(Record bare, Record full) throws ReflectiveOperationException {
        Object[] left = arguments(bare);
        Object[] right = arguments(full);
        for (int i = 0; i < left.length; i++) {
            assertThat(right[i])
                    .as(full.getClass().getRecordComponents()[i].toString())
                    .isNotEqualTo(left[i]);
        }
    }

    @Test
    @Tag("row-17")
    void events_fold_handlesEveryKind() {
        assertThat(Values.EVENTS.stream().map(Object::getClass))
                .as("a sample of each kind")
                .containsExactlyInAnyOrder(InferenceEvent.class.getPermittedSubclasses());
        for (InferenceEvent event : Values.EVENTS) {
            String branch = event.fold(
                    text -> "TextDelta",
                    thinking -> "ThinkingDelta",
                    call -> "ToolCallReady",
                    completed -> "Completed",
                    other -> "other " + other.getClass().getSimpleName());
            String kind = event.getClass().getSimpleName();
            boolean own = Set.of("TextDelta", "ThinkingDelta", "ToolCallReady", "Completed")
                    .contains(kind);
            assertThat(branch).isEqualTo(own ? kind : "other " + kind);
            assertThat(event.commits())
                    .as(kind)
                    .isEqualTo(!Set.of("Started", "RawFrame", "VendorNote", "Resumed")
                            .contains(kind));
        }
    }

    @Test
    void parts_fold_handlesEveryKind() {
        assertThat(Values.PARTS.stream().map(Object::getClass))
                .containsExactlyInAnyOrder(Part.class.getPermittedSubclasses());
        assertThat(Values.SOURCES.stream().map(Object::getClass))
                .containsExactlyInAnyOrder(Part.MediaSource.class.getPermittedSubclasses());
        Function<Part, String> other = part -> "other " + part.getClass().getSimpleName();
        for (Part part : Values.PARTS) {
            String branch = part.fold(
                    text -> "Text",
                    image -> "Image",
                    thinking -> "Thinking",
                    call -> "ToolCall",
                    result -> "ToolResult",
                    other);
            String kind = part.getClass().getSimpleName();
            boolean own = Set.of("Text", "Image", "Thinking", "ToolCall", "ToolResult")
                    .contains(kind);
            assertThat(branch).isEqualTo(own ? kind : "other " + kind);
            assertThat(part.vendor()).isEqualTo(Values.VENDOR);
            assertThat(part.cache()).isNotNull();
        }
    }

    @Test
    void nullMessage_namesTheArgument() {
        assertThatNullPointerException()
                .isThrownBy(() -> InferenceRequest.builder().message(null))
                .withMessage("message");
        assertThatNullPointerException().isThrownBy(() -> Secret.of(null)).withMessage("value");
    }
}
