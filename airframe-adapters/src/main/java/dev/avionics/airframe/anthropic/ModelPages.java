package dev.avionics.airframe.anthropic;

import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpHead;
import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.spi.Step;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Asks for the list of models, one page after the other. For one use. */
final class ModelPages {
    private static final int MOST_BYTES = 16 << 20;
    // A backend that says "more" for ever is not followed.
    private static final int MOST_PAGES = 50;
    private static final String PATH = "/models?limit=1000";

    private final Function<String, HttpCall> call;
    private final Function<HttpHead, Step<List<ModelInfo>>> refused;

    /**
     * A list.
     *
     * @param call makes the request for a path
     * @param refused reads an error
     */
    ModelPages(Function<String, HttpCall> call, Function<HttpHead, Step<List<ModelInfo>>> refused) {
        this.call = call;
        this.refused = refused;
    }

    private record Page(List<ModelInfo> models, @Nullable String next) {}

    Step.Send<List<ModelInfo>> first() {
        return page(PATH, List.of(), 1);
    }

    private Step.Send<List<ModelInfo>> page(String path, List<ModelInfo> before, int number) {
        return new Step.Send<>(call.apply(path), head -> {
            if (!head.isSuccess()) {
                return refused.apply(head);
            }
            return new Step.ReadAll<>(MOST_BYTES, body -> {
                Page page = read(body);
                List<ModelInfo> all = new ArrayList<>(before);
                all.addAll(page.models);
                if (page.next == null || page.models.isEmpty() || number == MOST_PAGES) {
                    return new Step.Done<>(List.copyOf(all));
                }
                String after = URLEncoder.encode(page.next, StandardCharsets.UTF_8);
                return page(PATH + "&after_id=" + after, all, number + 1);
            });
        });
    }

    private static Page read(ByteBuffer body) {
        JsonReader json = JsonReader.of(body);
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
        json.finish();
        if (models == null) {
            throw InferenceException.of(ErrorCategory.PARSE, "the answer holds no list of models");
        }
        return new Page(models, more ? last : null);
    }

    private static @Nullable List<ModelInfo> models(JsonReader json) {
        if (!json.enterArray()) {
            return null;
        }
        List<ModelInfo> models = new ArrayList<>();
        while (json.nextElement()) {
            String id = "";
            String owner = null;
            Integer window = null;
            Map<String, String> details = new LinkedHashMap<>();
            if (json.enterObject()) {
                while (json.nextField()) {
                    String field = json.field();
                    switch (field) {
                        case "id" -> id = json.stringOrEmpty();
                        case "owned_by" -> owner = json.stringOrNull();
                        case "max_input_tokens" -> window = size(json);
                        default -> {
                            String value = json.stringOrNull();
                            if (value != null) {
                                details.put(field, value);
                            }
                        }
                    }
                }
            }
            if (!id.isEmpty()) {
                models.add(new ModelInfo(id, owner, window, details));
            }
        }
        return models;
    }

    private static @Nullable Integer size(JsonReader json) {
        Long value = json.longOrNull();
        return value == null || value < 1 || value > Integer.MAX_VALUE ? null : (Integer) value.intValue();
    }

    /** The count in an answer of {@code count_tokens}. */
    static long inputTokens(ByteBuffer body) {
        JsonReader json = JsonReader.of(body);
        Long count = null;
        if (json.enterObject()) {
            while (json.nextField()) {
                if (json.field().equals("input_tokens")) {
                    count = json.longOrNull();
                }
            }
        }
        json.finish();
        if (count == null || count < 0) {
            throw InferenceException.of(ErrorCategory.PARSE, "the answer holds no count of tokens");
        }
        return count;
    }
}
