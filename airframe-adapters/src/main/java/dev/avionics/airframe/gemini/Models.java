package dev.avionics.airframe.gemini;

import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.gemini.model.Addresses;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.ModelEntry;
import dev.avionics.airframe.spi.ModelPages;
import dev.avionics.airframe.spi.WireScope;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the list of models, page by page. */
final class Models {
    private static final String PAGE = "pageSize=";
    /** What the Gemini API gives at most. */
    private static final int LARGEST_PAGE = 1000;
    /** What Vertex AI gives at most. */
    private static final int LARGEST_PAGE_OF_VERTEX = 100;

    private Models() {}

    static Exchange<List<ModelInfo>> of(WireScope scope) {
        Addresses addresses = Addresses.of(scope.endpoint());
        String size = PAGE + (addresses.isVertex() ? LARGEST_PAGE_OF_VERTEX : LARGEST_PAGE);
        return ModelPages.of(
                token -> HttpCall.get(addresses.models(
                        token.isEmpty()
                                ? size
                                : size + "&pageToken=" + URLEncoder.encode(token, StandardCharsets.UTF_8))),
                Models::page,
                head -> Errors.refused(head, scope));
    }

    private static ModelPages.Page page(JsonReader json) {
        List<ModelInfo> models = null;
        String next = null;
        if (json.enterObject()) {
            while (json.nextField()) {
                switch (json.field()) {
                    case "models", "publisherModels" -> models = models(json);
                    case "nextPageToken" -> next = json.stringOrNull();
                    default -> {}
                }
            }
        }
        return new ModelPages.Page(models, next);
    }

    private static List<ModelInfo> models(JsonReader json) {
        List<ModelInfo> models = new ArrayList<>();
        if (json.enterArray()) {
            while (json.nextElement()) {
                ModelInfo model = model(json);
                if (model != null) {
                    models.add(model);
                }
            }
        }
        return models;
    }

    private static @Nullable ModelInfo model(JsonReader json) {
        ModelEntry entry = new ModelEntry();
        if (json.enterObject()) {
            while (json.nextField()) {
                switch (json.field()) {
                    case "name" -> {
                        String name = json.stringOrEmpty();
                        entry.id(name.isBlank() ? null : Addresses.id(name));
                    }
                    case "inputTokenLimit" -> entry.window(json.longOrNull());
                    case "supportedGenerationMethods" -> entry.words(json);
                    default -> entry.detail(json);
                }
            }
        }
        return entry.build();
    }
}
