package dev.avionics.airframe.cohere;

import dev.avionics.airframe.ModelInfo;
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

/** Reads {@code GET /v1/models} page by page. */
final class Models {
    private static final int PAGE = 1000;

    private Models() {}

    static Exchange<List<ModelInfo>> of(WireScope scope) {
        return ModelPages.of(
                token -> HttpCall.get(Cohere.url(scope, "/v1", "/models?page_size=" + PAGE + from(token))),
                Models::page,
                head -> Cohere.refused(scope, head));
    }

    private static String from(String token) {
        return token.isEmpty() ? "" : "&page_token=" + URLEncoder.encode(token, StandardCharsets.UTF_8);
    }

    private static ModelPages.Page page(JsonReader json) {
        String next = null;
        List<ModelInfo> models = null;
        if (json.enterObject()) {
            while (json.nextField()) {
                if (json.field().equals("next_page_token")) {
                    next = json.stringOrNull();
                } else if (json.field().equals("models") && json.enterArray()) {
                    models = new ArrayList<>();
                    while (json.nextElement()) {
                        ModelInfo model = model(json);
                        if (model != null) {
                            models.add(model);
                        }
                    }
                }
            }
        }
        return new ModelPages.Page(models, next);
    }

    private static @Nullable ModelInfo model(JsonReader json) {
        ModelEntry entry = new ModelEntry();
        if (json.enterObject()) {
            while (json.nextField()) {
                switch (json.field()) {
                    case "name" -> entry.id(json.stringOrNull());
                    case "context_length" -> entry.window(json.longOrNull());
                    case "endpoints", "features", "default_endpoints" -> entry.words(json);
                    default -> entry.detail(json);
                }
            }
        }
        return entry.build();
    }
}
