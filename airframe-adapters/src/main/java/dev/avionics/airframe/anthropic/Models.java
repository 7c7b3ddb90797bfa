package dev.avionics.airframe.anthropic;

import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpHead;
import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.ModelEntry;
import dev.avionics.airframe.spi.ModelPages;
import dev.avionics.airframe.spi.Step;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Asks for the list of models, one page after the other. */
final class Models {
    private static final String PATH = "/models?limit=1000";

    private Models() {}

    /**
     * The list.
     *
     * @param call makes the request for a path
     * @param refused reads an error
     */
    static Exchange<List<ModelInfo>> of(
            Function<String, HttpCall> call, Function<HttpHead, Step<List<ModelInfo>>> refused) {
        return ModelPages.of(
                after -> call.apply(
                        after.isEmpty()
                                ? PATH
                                : PATH + "&after_id=" + URLEncoder.encode(after, StandardCharsets.UTF_8)),
                Models::page,
                refused);
    }

    private static ModelPages.Page page(JsonReader json) {
        List<ModelInfo> models = null;
        boolean more = false;
        String last = null;
        if (json.enterObject()) {
            while (json.nextField()) {
                switch (json.field()) {
                    case "data" -> models = models(json);
                    case "has_more" -> more = Boolean.TRUE.equals(json.booleanOrNull());
                    case "last_id" -> last = json.stringOrNull();
                    default -> {}
                }
            }
        }
        // A page without models is the last, whatever it says.
        return new ModelPages.Page(models, more && models != null && !models.isEmpty() ? last : null);
    }

    private static @Nullable List<ModelInfo> models(JsonReader json) {
        if (!json.enterArray()) {
            return null;
        }
        List<ModelInfo> models = new ArrayList<>();
        while (json.nextElement()) {
            ModelEntry entry = new ModelEntry();
            if (json.enterObject()) {
                while (json.nextField()) {
                    switch (json.field()) {
                        case "id" -> entry.id(json.stringOrNull());
                        case "owned_by" -> entry.owner(json.stringOrNull());
                        case "max_input_tokens" -> entry.window(json.longOrNull());
                        default -> entry.detail(json);
                    }
                }
            }
            ModelInfo model = entry.build();
            if (model != null) {
                models.add(model);
            }
        }
        return models;
    }
}
