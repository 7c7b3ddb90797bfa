package dev.avionics.airframe.ollama;

import static java.util.Objects.requireNonNullElseGet;

import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.spi.ModelEntry;
import java.util.ArrayList;
import java.util.List;
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
        ModelEntry entry = new ModelEntry();
        String model = null;
        while (json.nextField()) {
            switch (json.field()) {
                case "name" -> entry.id(json.stringOrNull());
                case "model" -> model = json.stringOrNull();
                case "context_length" -> entry.window(json.longOrNull());
                case "details" -> details(json, entry);
                case "capabilities" -> entry.words(json);
                case "size", "digest", "modified_at", "remote_model", "remote_host" -> entry.detail(json);
                default -> {}
            }
        }
        entry.id(model);
        ModelInfo read = entry.build();
        if (read != null) {
            models.add(read);
        }
    }

    /** The answer of {@code /api/show}: all about one model. */
    static ModelInfo show(JsonReader json, String model) {
        if (!json.enterObject()) {
            throw InferenceException.of(ErrorCategory.PARSE, "not a JSON object");
        }
        ModelEntry entry = new ModelEntry();
        entry.id(model);
        Long window = null;
        while (json.nextField()) {
            switch (json.field()) {
                case "details" -> details(json, entry);
                case "model_info" -> window = modelInfo(json, entry);
                case "capabilities" -> entry.words(json);
                case "modified_at", "remote_model", "remote_host" -> entry.detail(json);
                default -> {}
            }
        }
        json.finish();
        // What the file of the model says holds over what the list says.
        entry.window(window);
        return requireNonNullElseGet(entry.build(), () -> ModelInfo.of(model));
    }

    private static void details(JsonReader json, ModelEntry entry) {
        if (json.enterObject()) {
            while (json.nextField()) {
                switch (json.field()) {
                    case "family", "parameter_size", "quantization_level", "format" -> entry.detail(json);
                    case "context_length" -> entry.window(json.longOrNull());
                    default -> {}
                }
            }
        }
    }

    private static @Nullable Long modelInfo(JsonReader json, ModelEntry entry) {
        Long window = null;
        if (json.enterObject()) {
            while (json.nextField()) {
                String name = json.field();
                if (name.equals("general.architecture")) {
                    entry.detail("architecture", json.stringOrNull());
                } else if (name.endsWith(".context_length")) {
                    window = json.longOrNull();
                } else if (name.endsWith(".embedding_length")) {
                    entry.detail("embedding_length", json.stringOrNull());
                }
            }
        }
        return window;
    }
}
