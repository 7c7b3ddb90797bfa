package dev.avionics.airframe.openai;

import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpErrors;
import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.openai.chat.ChatWire;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.ModelEntry;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.WireScope;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asks for the list of models and reads it: {@code data[]}, {@code models[]}, or an array by itself. */
public final class ModelList {
    private static final int MOST_BYTES = 16 << 20;

    private ModelList() {}

    /** Asks at an address; a refusal fails as any other error. */
    public static Exchange<List<ModelInfo>> at(WireScope scope, URI url, HttpErrors errors) {
        return Exchange.of(new Step.Send<>(
                HttpCall.get(url),
                head -> head.isSuccess()
                        ? new Step.ReadAll<>(MOST_BYTES, body -> new Step.Done<>(read(body)))
                        : ChatWire.failed(scope, head, errors)));
    }

    static List<ModelInfo> read(ByteBuffer body) {
        JsonReader json = JsonReader.of(body);
        List<ModelInfo> models = new ArrayList<>();
        boolean list = json.type() == JsonReader.Type.ARRAY;
        if (list) {
            models(json, models);
        } else if (json.enterObject()) {
            while (json.nextField()) {
                boolean named = json.field().equals("data") || json.field().equals("models");
                if (named && json.type() == JsonReader.Type.ARRAY) {
                    list = true;
                    // llama-server sends both, and says more in data.
                    if (json.field().equals("data")) {
                        models.clear();
                    }
                    if (models.isEmpty()) {
                        models(json, models);
                    }
                }
            }
        }
        json.finish();
        if (!list) {
            throw InferenceException.of(ErrorCategory.PARSE, "the answer holds no list of models");
        }
        return models;
    }

    private static void models(JsonReader json, List<ModelInfo> models) {
        json.enterArray();
        while (json.nextElement()) {
            if (json.type() == JsonReader.Type.STRING) {
                models.add(ModelInfo.of(json.stringOrEmpty()));
                continue;
            }
            ModelInfo model = model(json);
            if (model != null) {
                models.add(model);
            }
        }
    }

    private static @Nullable ModelInfo model(JsonReader json) {
        if (!json.enterObject()) {
            return null;
        }
        ModelEntry entry = new ModelEntry();
        String name = "";
        while (json.nextField()) {
            switch (json.field()) {
                case "id" -> entry.id(json.stringOrNull());
                case "name", "model" -> name = name.isEmpty() ? json.stringOrEmpty() : name;
                case "owned_by" -> entry.owner(json.stringOrNull());
                case "context_length", "max_model_len", "context_window", "max_context_length" -> {
                    if (!entry.hasWindow()) {
                        entry.window(json.longOrNull());
                    }
                }
                case "meta" -> meta(json, entry);
                default -> entry.detail(json);
            }
        }
        entry.id(name);
        return entry.build();
    }

    private static void meta(JsonReader json, ModelEntry entry) {
        if (json.enterObject()) {
            while (json.nextField()) {
                // The window that the server runs with says more than the one that the model was trained with.
                if (json.field().equals("n_ctx") || (json.field().equals("n_ctx_train") && !entry.hasWindow())) {
                    entry.window(json.longOrNull());
                }
            }
        }
    }
}
