package dev.avionics.airframe.cohere;

import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.WireScope;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/** Reads {@code GET /v1/models} page by page. */
final class ModelPages {
    private static final int PAGE = 1000;
    private static final int MOST_PAGES = 50;
    private static final int MOST_BYTES = 16 << 20;

    private final WireScope scope;
    private final List<ModelInfo> models = new ArrayList<>();
    private int pages;

    private ModelPages(WireScope scope) {
        this.scope = scope;
    }

    static Step.Send<List<ModelInfo>> first(WireScope scope) {
        return new ModelPages(scope).page("");
    }

    private Step.Send<List<ModelInfo>> page(String token) {
        String from = token.isEmpty() ? "" : "&page_token=" + URLEncoder.encode(token, StandardCharsets.UTF_8);
        HttpCall call = HttpCall.get(Cohere.url(scope, "/v1", "/models?page_size=" + PAGE + from));
        return new Step.Send<>(
                call,
                head -> head.isSuccess() ? new Step.ReadAll<>(MOST_BYTES, this::next) : Cohere.refused(scope, head));
    }

    private Step<List<ModelInfo>> next(ByteBuffer body) {
        String token = read(JsonReader.of(body));
        if (token.isEmpty()) {
            return new Step.Done<>(List.copyOf(models));
        }
        if (++pages >= MOST_PAGES) {
            throw InferenceException.of(
                    ErrorCategory.PARSE, "the list of models does not end: " + pages + " pages came");
        }
        return page(token);
    }

    /** Adds the models of a page; gives what the next one is asked for by, empty if it is the last. */
    private String read(JsonReader json) {
        String token = "";
        boolean list = false;
        if (json.enterObject()) {
            while (json.nextField()) {
                if (json.field().equals("next_page_token")) {
                    token = json.stringOrEmpty();
                } else if (json.field().equals("models") && json.enterArray()) {
                    list = true;
                    while (json.nextElement()) {
                        model(json);
                    }
                }
            }
        }
        json.finish();
        if (!list) {
            throw InferenceException.of(ErrorCategory.PARSE, "the answer holds no list of models");
        }
        return token;
    }

    private void model(JsonReader json) {
        String name = "";
        Long window = null;
        Map<String, String> details = new LinkedHashMap<>();
        if (json.enterObject()) {
            while (json.nextField()) {
                String field = json.field();
                switch (field) {
                    case "name" -> name = json.stringOrEmpty();
                    case "context_length" -> window = json.longOrNull();
                    case "endpoints", "features", "default_endpoints" -> put(details, field, words(json));
                    default -> {
                        boolean plain = json.type() != JsonReader.Type.OBJECT && json.type() != JsonReader.Type.ARRAY;
                        put(details, field, plain ? json.stringOrEmpty() : "");
                    }
                }
            }
        }
        if (!name.isEmpty()) {
            Integer tokens =
                    window == null || window < 1 || window > Integer.MAX_VALUE ? null : (Integer) window.intValue();
            models.add(new ModelInfo(name, null, tokens, details));
        }
    }

    private static void put(Map<String, String> details, String name, String value) {
        if (!value.isEmpty()) {
            details.put(name, value);
        }
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
}
