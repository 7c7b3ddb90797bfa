package dev.avionics.airframe.ollama;

import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Reads what Ollama says of its models. */
final class Models {
    private Models() {}

    /** The answer of {@code /api/tags}: the models that are on the machine. */
    static List<ModelInfo> tags(JsonReader json) {
        List<ModelInfo> models = new ArrayList<>();
        boolean found = false;
        if (json.enterObject()) {
            while (json.nextField()) {
                if (json.field().equals("models")) {
                    found = true;
                    if (json.enterArray()) {
                        while (json.nextElement()) {
                            model(json, models);
                        }
                    }
                }
            }
        }
        json.finish();
        if (!found) {
            throw InferenceException.of(ErrorCategory.PARSE, "no list of models in the answer");
        }
        return models;
    }

    private static void model(JsonReader json, List<ModelInfo> models) {
        if (!json.enterObject()) {
            return;
        }
        String name = "";
        Long window = null;
        Map<String, String> details = new LinkedHashMap<>();
        while (json.nextField()) {
            switch (json.field()) {
                case "name" -> name = json.stringOrEmpty();
                case "model" -> {
                    String model = json.stringOrEmpty();
                    name = name.isEmpty() ? model : name;
                }
                case "context_length" -> window = json.longOrNull();
                case "details" -> {
                    Long inside = details(json, details);
                    window = inside == null ? window : inside;
                }
                case "capabilities" -> put(details, "capabilities", words(json));
                case "size", "digest", "modified_at", "remote_model", "remote_host" ->
                    put(details, json.field(), json.stringOrEmpty());
                default -> {}
            }
        }
        if (!name.isEmpty()) {
            models.add(new ModelInfo(name, null, tokens(window), details));
        }
    }

    /** The answer of {@code /api/show}: all about one model. */
    static ModelInfo show(JsonReader json, String model) {
        Map<String, String> details = new LinkedHashMap<>();
        Long window = null;
        if (!json.enterObject()) {
            throw InferenceException.of(ErrorCategory.PARSE, "not a JSON object");
        }
        while (json.nextField()) {
            switch (json.field()) {
                case "details" -> {
                    Long inside = details(json, details);
                    window = window == null ? inside : window;
                }
                case "model_info" -> {
                    Long inside = modelInfo(json, details);
                    window = inside == null ? window : inside;
                }
                case "capabilities" -> put(details, "capabilities", words(json));
                case "modified_at", "remote_model", "remote_host" -> put(details, json.field(), json.stringOrEmpty());
                default -> {}
            }
        }
        json.finish();
        return new ModelInfo(model, null, tokens(window), details);
    }

    private static @Nullable Long details(JsonReader json, Map<String, String> details) {
        Long window = null;
        if (json.enterObject()) {
            while (json.nextField()) {
                switch (json.field()) {
                    case "family", "parameter_size", "quantization_level", "format" ->
                        put(details, json.field(), json.stringOrEmpty());
                    case "context_length" -> window = json.longOrNull();
                    default -> {}
                }
            }
        }
        return window;
    }

    private static @Nullable Long modelInfo(JsonReader json, Map<String, String> details) {
        Long window = null;
        if (json.enterObject()) {
            while (json.nextField()) {
                String name = json.field();
                if (name.equals("general.architecture")) {
                    put(details, "architecture", json.stringOrEmpty());
                } else if (name.endsWith(".context_length")) {
                    window = json.longOrNull();
                } else if (name.endsWith(".embedding_length")) {
                    put(details, "embedding_length", json.stringOrEmpty());
                }
            }
        }
        return window;
    }

    private static String words(JsonReader json) {
        StringJoiner words = new StringJoiner(",");
        if (json.enterArray()) {
            while (json.nextElement()) {
                words.add(json.stringOrEmpty());
            }
        }
        return words.toString();
    }

    private static void put(Map<String, String> details, String name, String value) {
        if (!value.isEmpty()) {
            details.put(name, value);
        }
    }

    private static @Nullable Integer tokens(@Nullable Long window) {
        return window == null || window < 1 || window > Integer.MAX_VALUE ? null : (Integer) window.intValue();
    }
}
