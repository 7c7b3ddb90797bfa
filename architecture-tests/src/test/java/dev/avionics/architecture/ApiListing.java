package dev.avionics.architecture;

import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.AnnotatedTypeVariable;
import java.lang.reflect.AnnotatedWildcardType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The public API of some classes as text: one line per public or protected type and per member of it, sorted, with
 * generics, nullness and exceptions. Two JDKs give the same text for the same code.
 */
final class ApiListing {
    private static final Set<String> OBJECT_METHODS = Set.of("equals", "hashCode", "toString");

    private ApiListing() {}

    static String of(Collection<Class<?>> classes) {
        return classes.stream()
                .filter(ApiListing::isOpen)
                .map(type -> head(type) + "\n"
                        + members(type).stream()
                                .map(line -> "    " + line + "\n")
                                .collect(Collectors.joining()))
                .sorted()
                .collect(Collectors.joining("\n"));
    }

    private static boolean isOpen(Class<?> type) {
        if (type.isSynthetic() || type.isAnonymousClass() || type.isLocalClass() || !shown(type.getModifiers())) {
            return false;
        }
        return type.getDeclaringClass() == null || isOpen(type.getDeclaringClass());
    }

    private static boolean shown(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    private static String head(Class<?> type) {
        StringBuilder head = new StringBuilder(type.getCanonicalName()).append(": ");
        head.append(Modifier.isProtected(type.getModifiers()) ? "protected " : "public ");
        head.append(type.isSealed() ? "sealed " : "");
        head.append(kind(type)).append(parameters(type.getTypeParameters()));
        if (type.isRecord()) {
            head.append(Arrays.stream(type.getRecordComponents())
                    .map(ApiListing::component)
                    .collect(Collectors.joining(", ", "(", ")")));
        }
        List<String> above = new ArrayList<>();
        AnnotatedType parent = type.getAnnotatedSuperclass();
        boolean named = parent != null && parent.getType() != Object.class && !type.isRecord() && !type.isEnum();
        if (named && isOpen(type.getSuperclass())) {
            above.add(text(parent));
        }
        Arrays.stream(type.getAnnotatedInterfaces())
                .map(ApiListing::text)
                .sorted()
                .forEach(above::add);
        String own = head.toString().replace("> (", ">(").strip();
        return above.isEmpty() ? own : own + " extends " + String.join(", ", above);
    }

    private static String kind(Class<?> type) {
        if (type.isAnnotation()) {
            return "annotation";
        }
        if (type.isInterface()) {
            return "interface";
        }
        if (type.isRecord()) {
            return "record";
        }
        if (type.isEnum()) {
            return "enum";
        }
        if (Modifier.isAbstract(type.getModifiers())) {
            return "abstract class";
        }
        return Modifier.isFinal(type.getModifiers()) ? "final class" : "class";
    }

    private static String component(RecordComponent component) {
        return text(component.getAnnotatedType()) + " " + component.getName();
    }

    private static Set<String> members(Class<?> type) {
        Set<String> lines = new TreeSet<>();
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            if (isListed(constructor) && !isCanonical(type, constructor)) {
                lines.add(modifiers(constructor) + "new" + call(constructor));
            }
        }
        addMembers(type, type, lines);
        return lines;
    }

    /** Public members that a hidden parent declares are part of the API too. */
    private static void addMembers(Class<?> owner, Class<?> type, Set<String> lines) {
        for (Field field : type.getDeclaredFields()) {
            if (isListed(field)) {
                lines.add(field.isEnumConstant() ? field.getName() : field(field));
            }
        }
        for (Method method : type.getDeclaredMethods()) {
            if (isListed(method) && !isImplied(owner, method)) {
                lines.add(modifiers(method)
                        + parameters(method.getTypeParameters())
                        + text(method.getAnnotatedReturnType())
                        + " "
                        + method.getName()
                        + call(method));
            }
        }
        Stream.concat(Stream.ofNullable(type.getSuperclass()), Arrays.stream(type.getInterfaces()))
                .filter(parent -> !isOpen(parent))
                .forEach(parent -> addMembers(owner, parent, lines));
    }

    private static boolean isListed(Member member) {
        return shown(member.getModifiers()) && !member.isSynthetic();
    }

    private static boolean isCanonical(Class<?> type, Constructor<?> constructor) {
        return type.isRecord()
                && Arrays.equals(
                        constructor.getParameterTypes(),
                        Arrays.stream(type.getRecordComponents())
                                .map(RecordComponent::getType)
                                .toArray());
    }

    /** Accessors of records, values() of enums, and the three methods that every object has. */
    private static boolean isImplied(Class<?> type, Method method) {
        if (OBJECT_METHODS.contains(method.getName()) || method.getDeclaringClass() == Object.class) {
            return true;
        }
        boolean accessor = type.isRecord()
                && Arrays.stream(type.getRecordComponents()).anyMatch(part -> method.equals(part.getAccessor()));
        return accessor || (type.isEnum() && Set.of("values", "valueOf").contains(method.getName()));
    }

    private static String field(Field field) {
        return modifiers(field) + text(field.getAnnotatedType()) + " " + field.getName();
    }

    private static String modifiers(Member member) {
        StringBuilder text = new StringBuilder(Modifier.isProtected(member.getModifiers()) ? "protected " : "");
        text.append(Modifier.isStatic(member.getModifiers()) ? "static " : "");
        text.append(Modifier.isAbstract(member.getModifiers()) ? "abstract " : "");
        boolean implied = member instanceof Method
                && Modifier.isFinal(member.getDeclaringClass().getModifiers());
        text.append(Modifier.isFinal(member.getModifiers()) && !implied ? "final " : "");
        text.append(member instanceof Method method && method.isDefault() ? "default " : "");
        return text.toString();
    }

    private static String call(Executable executable) {
        String arguments = Arrays.stream(executable.getAnnotatedParameterTypes())
                .map(ApiListing::text)
                .collect(Collectors.joining(", ", "(", ")"));
        if (executable.isVarArgs()) {
            arguments = arguments.substring(0, arguments.length() - 3) + "...)";
        }
        String thrown = Arrays.stream(executable.getAnnotatedExceptionTypes())
                .map(ApiListing::text)
                .sorted()
                .collect(Collectors.joining(", "));
        return thrown.isEmpty() ? arguments : arguments + " throws " + thrown;
    }

    private static String parameters(TypeVariable<?>[] variables) {
        if (variables.length == 0) {
            return "";
        }
        return Arrays.stream(variables)
                .map(variable -> variable.getName() + bounds(" extends ", variable.getAnnotatedBounds()))
                .collect(Collectors.joining(", ", "<", "> "));
    }

    private static String bounds(String word, AnnotatedType[] bounds) {
        String text = Arrays.stream(bounds).map(ApiListing::text).collect(Collectors.joining(" & "));
        return text.isEmpty() || text.equals("Object") ? "" : word + text;
    }

    private static String text(AnnotatedType type) {
        String nullable = type.isAnnotationPresent(Nullable.class) ? "@Nullable " : "";
        if (type instanceof AnnotatedArrayType array) {
            return text(array.getAnnotatedGenericComponentType()) + (nullable.isEmpty() ? "" : " @Nullable ") + "[]";
        }
        return nullable + bare(type);
    }

    private static String bare(AnnotatedType type) {
        if (type instanceof AnnotatedParameterizedType generic
                && generic.getType() instanceof ParameterizedType parameterized) {
            return Arrays.stream(generic.getAnnotatedActualTypeArguments())
                    .map(ApiListing::text)
                    .collect(Collectors.joining(", ", name(parameterized.getRawType()) + "<", ">"));
        }
        if (type instanceof AnnotatedWildcardType wildcard) {
            String lower = bounds(" super ", wildcard.getAnnotatedLowerBounds());
            return "?" + (lower.isEmpty() ? bounds(" extends ", wildcard.getAnnotatedUpperBounds()) : lower);
        }
        if (type instanceof AnnotatedTypeVariable variable) {
            return variable.getType().getTypeName();
        }
        return name(type.getType());
    }

    private static String name(Type type) {
        String name = type instanceof Class<?> known ? known.getCanonicalName() : type.getTypeName();
        boolean lang = name.startsWith("java.lang.") && name.lastIndexOf('.') == "java.lang".length();
        return lang ? name.substring("java.lang.".length()) : name;
    }
}
