package dev.avionics.llm.tool;

import dev.avionics.airframe.Part;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.VendorData;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.llm.schema.JsonMismatchException;
import dev.avionics.llm.schema.JsonType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** The tools of a loop by name, and what becomes of a call: a result, whatever happens. */
final class Toolbox {
    private final Map<String, Tool> tools = new LinkedHashMap<>();
    private final int mostCharacters;

    Toolbox(List<Tool> all, int mostCharacters) {
        for (Tool tool : all) {
            if (tools.put(tool.spec().name(), tool) != null) {
                throw new IllegalArgumentException(
                        "tools: two are named " + tool.spec().name());
            }
        }
        this.mostCharacters = mostCharacters;
    }

    List<ToolSpec> specs() {
        return tools.values().stream().map(Tool::spec).toList();
    }

    boolean holds(String name) {
        return tools.containsKey(name);
    }

    /** Runs the tool on this thread. */
    Part.ToolResult run(Part.ToolCall call) {
        Tool tool = tools.get(call.name());
        if (tool == null) {
            String names = String.join(", ", tools.keySet());
            return error(
                    call, "There is no tool named " + call.name() + ". " + (names.isEmpty() ? "" : "Tools: " + names));
        }
        Callable<@Nullable Object> ready;
        try {
            ready = tool.bind(call.argumentsJson());
        } catch (JsonMismatchException wrong) {
            return error(call, "The arguments of " + call.name() + " are wrong. " + wrong.getMessage());
        }
        try {
            return result(call, content(awaited(ready.call())), false);
        } catch (Exception e) {
            return error(call, "The tool failed: " + words(e));
        }
    }

    private static @Nullable Object awaited(@Nullable Object value) throws Exception {
        if (!(value instanceof CompletionStage<?> stage)) {
            return value;
        }
        CompletableFuture<?> future = stage.toCompletableFuture();
        try {
            return future.get();
        } catch (InterruptedException e) {
            future.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private static String words(Exception e) {
        Throwable told = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
        String message = told.getMessage();
        return message == null || message.isBlank() ? told.getClass().getSimpleName() : message;
    }

    private static List<Part> content(@Nullable Object value) {
        if (value instanceof Part part) {
            return List.of(part);
        }
        if (value instanceof List<?> list && !list.isEmpty() && list.stream().allMatch(Part.class::isInstance)) {
            return list.stream().map(Part.class::cast).toList();
        }
        return List.of(new Part.Text(value instanceof String text ? text : JsonValues.write(JsonType.toJson(value))));
    }

    private Part.ToolResult error(Part.ToolCall call, String message) {
        return result(call, List.of(new Part.Text(message.strip())), true);
    }

    private Part.ToolResult result(Part.ToolCall call, List<Part> content, boolean isError) {
        return new Part.ToolResult(call.id(), call.name(), cut(content), isError, VendorData.none(), null);
    }

    /** Keeps the texts within the limit, and tells the model where it did. */
    private List<Part> cut(List<Part> content) {
        int left = mostCharacters;
        List<Part> kept = new ArrayList<>();
        for (Part part : content) {
            if (part instanceof Part.Text text && text.text().length() > left) {
                int end = left > 0 && Character.isHighSurrogate(text.text().charAt(left - 1)) ? left - 1 : left;
                kept.add(new Part.Text(
                        text.text().substring(0, end) + "… [cut: " + end + " of "
                                + text.text().length() + " characters]",
                        text.vendor(),
                        text.cache()));
                left = 0;
            } else {
                kept.add(part);
                left -= part instanceof Part.Text text ? text.text().length() : 0;
            }
        }
        return kept;
    }
}
