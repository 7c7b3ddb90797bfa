package dev.avionics.llm.schema;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes the shape of one type; for one use. */
final class ShapeMaker {
    /** The records that are being looked at, the outermost first. */
    private final Deque<Class<?>> within = new ArrayDeque<>();

    Shape top(Type type) {
        return of(type, null, Map.of(), String.valueOf(type.getTypeName()));
    }

    ObjectShape parameters(Executable method) {
        List<ObjectShape.Property> properties = new ArrayList<>();
        Set<String> names = new HashSet<>();
        Parameter[] parameters = method.getParameters();
        for (int i = 0; i < parameters.length; i++) {
            Parameter parameter = parameters[i];
            String place = method.getDeclaringClass().getSimpleName() + "." + method.getName();
            Described described = parameter.getAnnotation(Described.class);
            boolean named = described != null && !described.name().isEmpty();
            if (!named && !parameter.isNamePresent()) {
                throw new IllegalArgumentException("parameter " + (i + 1) + " of " + place
                        + ": no name (expected: @Described(name = …), or a class compiled with -parameters)");
            }
            properties.add(property(
                    parameter.getName(),
                    parameter,
                    parameter.getParameterizedType(),
                    parameter.getAnnotatedType(),
                    Map.of(),
                    place));
            checkNew(names, properties.get(i).name(), place);
        }
        return new ObjectShape("", List.copyOf(properties), null);
    }

    private static void checkNew(Set<String> names, String name, String place) {
        if (!names.add(name)) {
            throw new IllegalArgumentException(place + ": two properties are named " + name);
        }
    }

    private ObjectShape.Property property(
            String javaName,
            AnnotatedElement element,
            Type type,
            AnnotatedType annotated,
            Map<TypeVariable<?>, Type> bound,
            String owner) {
        Described described = element.getAnnotation(Described.class);
        String name = described == null || described.name().isEmpty() ? javaName : described.name();
        String description = described == null ? "" : described.value();
        Shape shape = of(type, annotated, bound, owner + "." + javaName);
        boolean boxed = type instanceof Class<?> known && BOXED.contains(known);
        if (!shape.isNullable() && (boxed || isMarkedNullable(element))) {
            shape = new NullableShape(shape, false);
        }
        return new ObjectShape.Property(name, description, shape);
    }

    private static final Set<Class<?>> BOXED = Set.of(
            Boolean.class,
            Character.class,
            Byte.class,
            Short.class,
            Integer.class,
            Long.class,
            Float.class,
            Double.class);

    private static boolean isMarkedNullable(@Nullable AnnotatedElement element) {
        if (element != null) {
            for (Annotation annotation : element.getAnnotations()) {
                if (annotation.annotationType().getSimpleName().equals("Nullable")) {
                    return true;
                }
            }
        }
        return false;
    }

    private Shape of(Type type, @Nullable AnnotatedType annotated, Map<TypeVariable<?>, Type> bound, String place) {
        Shape shape = plain(type, annotated, bound, place);
        return isMarkedNullable(annotated) && !shape.isNullable() ? new NullableShape(shape, false) : shape;
    }

    private Shape plain(Type type, @Nullable AnnotatedType annotated, Map<TypeVariable<?>, Type> bound, String place) {
        if (type instanceof TypeVariable<?> variable) {
            Type known = bound.get(variable);
            if (known == null) {
                throw new IllegalArgumentException(place + ": " + variable + " (expected: a type that is known)");
            }
            return of(known, null, bound, place);
        }
        if (type instanceof WildcardType wildcard) {
            return of(wildcard.getUpperBounds()[0], null, bound, place);
        }
        if (type instanceof GenericArrayType array) {
            return array(
                    raw(array.getGenericComponentType(), bound),
                    array.getGenericComponentType(),
                    annotated,
                    bound,
                    place);
        }
        if (type instanceof ParameterizedType parameterized) {
            return parameterized(parameterized, annotated, bound, place);
        }
        Class<?> known = (Class<?>) type;
        if (known.isArray()) {
            return array(known.getComponentType(), known.getComponentType(), annotated, bound, place);
        }
        Shape scalar = ScalarShape.of(known);
        if (scalar != null) {
            return scalar;
        }
        if (known.isRecord() && known.getTypeParameters().length == 0) {
            return record(known, Map.of(), place);
        }
        throw new IllegalArgumentException(
                place + ": " + known.getName() + " (expected: a record, or one of the types that"
                        + " JsonType names, with the types of its elements)");
    }

    private Shape array(
            Class<?> component,
            Type element,
            @Nullable AnnotatedType annotated,
            Map<TypeVariable<?>, Type> bound,
            String place) {
        AnnotatedType inner =
                annotated instanceof AnnotatedArrayType array ? array.getAnnotatedGenericComponentType() : null;
        return new ManyShape(ManyShape.Kind.ARRAY, of(element, inner, bound, place + "[]"), component);
    }

    private static Class<?> raw(Type type, Map<TypeVariable<?>, Type> bound) {
        if (type instanceof Class<?> known) {
            return known;
        }
        if (type instanceof ParameterizedType parameterized) {
            return (Class<?>) parameterized.getRawType();
        }
        if (type instanceof TypeVariable<?> variable && bound.get(variable) != null) {
            return raw(bound.get(variable), bound);
        }
        return Object.class;
    }

    private Shape parameterized(
            ParameterizedType type, @Nullable AnnotatedType annotated, Map<TypeVariable<?>, Type> bound, String place) {
        Class<?> raw = (Class<?>) type.getRawType();
        Type[] arguments = type.getActualTypeArguments();
        if (raw.isRecord()) {
            Map<TypeVariable<?>, Type> mine = new HashMap<>(bound);
            for (int i = 0; i < arguments.length; i++) {
                mine.put(raw.getTypeParameters()[i], resolved(arguments[i], bound));
            }
            return record(raw, mine, place);
        }
        int last = arguments.length - 1;
        AnnotatedType inner = annotated instanceof AnnotatedParameterizedType parameterized
                ? parameterized.getAnnotatedActualTypeArguments()[last]
                : null;
        if (raw == Optional.class) {
            Shape value = of(arguments[last], inner, bound, place);
            return new NullableShape(value, true);
        }
        if (raw == Map.class) {
            if (arguments[0] != String.class) {
                throw new IllegalArgumentException(
                        place + ": keys of " + arguments[0].getTypeName() + " (expected: of String)");
            }
            return new ManyShape(ManyShape.Kind.MAP, of(arguments[last], inner, bound, place + "[]"), null);
        }
        ManyShape.Kind kind = raw == Set.class
                ? ManyShape.Kind.SET
                : raw == List.class || raw == Collection.class || raw == Iterable.class ? ManyShape.Kind.LIST : null;
        if (kind == null) {
            throw new IllegalArgumentException(place + ": " + type.getTypeName()
                    + " (expected: a List, Set, Collection, Map, Optional or record)");
        }
        return new ManyShape(kind, of(arguments[last], inner, bound, place + "[]"), null);
    }

    private static Type resolved(Type type, Map<TypeVariable<?>, Type> bound) {
        return type instanceof TypeVariable<?> variable && bound.get(variable) != null ? bound.get(variable) : type;
    }

    private Shape record(Class<?> type, Map<TypeVariable<?>, Type> bound, String place) {
        if (within.contains(type)) {
            List<String> way = new ArrayList<>();
            for (Iterator<Class<?>> up = within.descendingIterator(); up.hasNext(); ) {
                way.add(up.next().getSimpleName());
            }
            throw new IllegalArgumentException(place + ": " + type.getSimpleName() + " contains itself ("
                    + String.join(" → ", way) + " → " + type.getSimpleName()
                    + "); a schema is made of types that end");
        }
        within.push(type);
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        List<ObjectShape.Property> properties = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < components.length; i++) {
            RecordComponent component = components[i];
            types[i] = component.getType();
            properties.add(property(
                    component.getName(),
                    component,
                    component.getGenericType(),
                    component.getAnnotatedType(),
                    bound,
                    type.getSimpleName()));
            checkNew(names, properties.get(i).name(), type.getSimpleName());
        }
        within.pop();
        Described described = type.getAnnotation(Described.class);
        return new ObjectShape(
                described == null ? "" : described.value(), List.copyOf(properties), constructor(type, types));
    }

    private static Constructor<?> constructor(Class<?> type, Class<?>[] types) {
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor;
        } catch (NoSuchMethodException | InaccessibleObjectException e) {
            throw new IllegalArgumentException(
                    type.getName() + ": its constructor cannot be called (expected: a package that is open)", e);
        }
    }
}
