package dev.avionics.airframe.gemini;

import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.gemini.model.Addresses;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.WireScope;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Reads the list of models, page by page. */
final class Models {
    private static final int MOST_BYTES = 16 << 20;
    private static final String PAGE = "pageSize=";
    /** What the Gemini API gives at most. */
    private static final int LARGEST_PAGE = 1000;
    /** What Vertex AI gives at most. */
    private static final int LARGEST_PAGE_OF_VERTEX = 100;

    private final WireScope scope;
    private final Addresses addresses;
    private final List<ModelInfo> models = new ArrayList<>();
    private final Set<String> pages = new HashSet<>();

    private Models(WireScope scope) {
        this.scope = scope;
        addresses = Addresses.of(scope.endpoint());
    }

    static Exchange<List<ModelInfo>> of(WireScope scope) {
        return Exchange.of(new Models(scope).page(""));
    }

    private Step.Send<List<ModelInfo>> page(String token) {
        String size = PAGE + (addresses.isVertex() ? LARGEST_PAGE_OF_VERTEX : LARGEST_PAGE);
        String query = token.isEmpty() ? size : size + "&pageToken=" + URLEncoder.encode(token, StandardCharsets.UTF_8);
        return new Step.Send<>(
                HttpCall.get(addresses.models(query)),
                head -> head.isSuccess() ? new Step.ReadAll<>(MOST_BYTES, this::read) : Errors.refused(head, scope));
    }

    private Step<List<ModelInfo>> read(ByteBuffer body) {
        JsonReader json = JsonReader.of(body);
        boolean list = false;
        String next = "";
        if (json.enterObject()) {
            while (json.nextField()) {
                switch (json.field()) {
                    case "models", "publisherModels" -> {
                        list = true;
                        models(json);
                    }
                    case "nextPageToken" -> next = json.stringOrEmpty();
                    default -> {}
                }
            }
        }
        json.finish();
        if (!list && pages.isEmpty()) {
            throw InferenceException.of(ErrorCategory.PARSE, "the answer holds no list of models");
        }
        if (next.isEmpty()) {
            return new Step.Done<>(List.copyOf(models));
        }
        if (!pages.add(next)) {
            throw InferenceException.of(ErrorCategory.PARSE, "the pages of the list of models run in a circle");
        }
        return page(next);
    }

    private void models(JsonReader json) {
        if (json.enterArray()) {
            while (json.nextElement()) {
                ModelInfo model = model(json);
                if (model != null) {
                    models.add(model);
                }
            }
        }
    }

    private static @Nullable ModelInfo model(JsonReader json) {
        if (!json.enterObject()) {
            return null;
        }
        String name = "";
        Integer window = null;
        Map<String, String> details = new LinkedHashMap<>();
        while (json.nextField()) {
            String field = json.field();
            switch (field) {
                case "name" -> name = json.stringOrEmpty();
                case "inputTokenLimit" -> window = size(json);
                case "supportedGenerationMethods" -> details.put(field, words(json));
                default -> {
                    String value = json.stringOrNull();
                    if (value != null) {
                        details.put(field, value);
                    }
                }
            }
        }
        return name.isBlank() ? null : new ModelInfo(Addresses.id(name), null, window, details);
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

    private static @Nullable Integer size(JsonReader json) {
        Long value = json.longOrNull();
        return value == null || value < 1 || value > Integer.MAX_VALUE ? null : (Integer) value.intValue();
    }
}
