package dev.avionics.llm.tool;

import dev.avionics.airframe.ToolSpec;
import dev.avionics.llm.schema.JsonParameters;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tools that are methods. */
final class MethodTools {
    private MethodTools() {}

    static List<Tool> of(Object object) {
        List<Tool> tools = new ArrayList<>();
        Set<String> names = new HashSet<>();
        Set<String> overridden = new HashSet<>();
        for (Class<?> type = object.getClass(); type != null; type = type.getSuperclass()) {
            // In an order that does not change from run to run: prompts are cached by their bytes.
            Method[] methods = type.getDeclaredMethods();
            Arrays.sort(methods, Comparator.comparing(Method::getName).thenComparing(Method::toString));
            for (Method method : methods) {
                ToolMethod mark = method.getAnnotation(ToolMethod.class);
                String signature = method.getName() + Arrays.toString(method.getParameterTypes());
                if (mark == null || method.isBridge() || !overridden.add(signature)) {
                    continue;
                }
                Tool tool = of(object, method, mark);
                if (!names.add(tool.spec().name())) {
                    throw new IllegalArgumentException("object: two methods of "
                            + object.getClass().getName() + " are the tool "
                            + tool.spec().name() + " (expected: @ToolMethod(name = …) on one)");
                }
                tools.add(tool);
            }
        }
        if (tools.isEmpty()) {
            throw new IllegalArgumentException(
                    "object: " + object.getClass().getName() + " (expected: a method with @ToolMethod)");
        }
        return List.copyOf(tools);
    }

    private static Tool of(Object object, Method method, ToolMethod mark) {
        try {
            method.setAccessible(true);
        } catch (InaccessibleObjectException e) {
            throw new IllegalArgumentException(method + " cannot be called (expected: a package that is open)", e);
        }
        String name = mark.name().isEmpty() ? method.getName() : mark.name();
        JsonParameters parameters = JsonParameters.of(method);
        return Tool.bound(ToolSpec.of(name, mark.value(), parameters.schemaJson()), json -> {
            List<@Nullable Object> arguments = parameters.read(json);
            return () -> invoke(object, method, arguments);
        });
    }

    private static @Nullable Object invoke(Object object, Method method, List<@Nullable Object> arguments)
            throws Exception {
        try {
            Object value = method.invoke(object, arguments.toArray());
            return method.getReturnType() == void.class ? "done" : value;
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e;
        }
    }
}
