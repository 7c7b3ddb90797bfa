package dev.avionics.airframe.spi;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpHead;
import dev.avionics.airframe.json.JsonReader;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Asks for a list of models, one page after the other. */
public final class ModelPages {
    private static final int MOST_BYTES = 16 << 20;
    private static final int MOST_PAGES = 50;

    private final Function<String, HttpCall> call;
    private final Function<JsonReader, Page> read;
    private final Function<HttpHead, Step<List<ModelInfo>>> refused;

    /**
     * One page.
     *
     * @param models null if the answer holds no list at all
     * @param next what the next page is asked for by; null or empty if this is the last
     */
    public record Page(
            @Nullable List<ModelInfo> models, @Nullable String next) {
        public Page {
            models = models == null ? null : List.copyOf(models);
        }
    }

    private ModelPages(
            Function<String, HttpCall> call,
            Function<JsonReader, Page> read,
            Function<HttpHead, Step<List<ModelInfo>>> refused) {
        this.call = requireNonNull(call, "call");
        this.read = requireNonNull(read, "read");
        this.refused = requireNonNull(refused, "refused");
    }

    /**
     * The exchange for all pages. An answer without a list, and a list that does not end, fail with PARSE.
     *
     * @param call makes the request for a page by what the page before named; empty for the first
     * @param read reads a page
     * @param refused reads an error
     */
    public static Exchange<List<ModelInfo>> of(
            Function<String, HttpCall> call,
            Function<JsonReader, Page> read,
            Function<HttpHead, Step<List<ModelInfo>>> refused) {
        return Exchange.of(new ModelPages(call, read, refused).page("", List.of(), 1));
    }

    private Step.Send<List<ModelInfo>> page(String from, List<ModelInfo> before, int number) {
        return new Step.Send<>(
                call.apply(from),
                head -> head.isSuccess()
                        ? new Step.ReadAll<>(MOST_BYTES, body -> next(JsonReader.of(body), from, before, number))
                        : refused.apply(head));
    }

    private Step<List<ModelInfo>> next(JsonReader json, String from, List<ModelInfo> before, int number) {
        Page page = read.apply(json);
        json.finish();
        if (page.models == null && number == 1) {
            throw InferenceException.of(ErrorCategory.PARSE, "the answer holds no list of models");
        }
        List<ModelInfo> all = new ArrayList<>(before);
        if (page.models != null) {
            all.addAll(page.models);
        }
        if (page.next == null || page.next.isEmpty()) {
            return new Step.Done<>(List.copyOf(all));
        }
        if (number == MOST_PAGES || page.next.equals(from)) {
            throw InferenceException.of(
                    ErrorCategory.PARSE, "the list of models does not end: " + number + " pages came");
        }
        return page(page.next, all, number + 1);
    }
}
