package dev.avionics.airframe.spi;

import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.HttpHead;
import dev.avionics.airframe.json.JsonReader;
import java.nio.ByteBuffer;
import java.util.function.Function;

/** How a backend counts the tokens of a request without answering it. */
@FunctionalInterface
public interface TokenCountWire {
    /** The prompt tokens that the request would cost. */
    Exchange<Long> count(WireScope scope, InferenceRequest request);

    /**
     * What follows the head of an answer that is a JSON object with the count in one field. An answer without it fails with
     * PARSE.
     *
     * @param field the field's name
     * @param refused reads an error
     */
    static Step<Long> answer(HttpHead head, String field, Function<HttpHead, Step<Long>> refused) {
        return head.isSuccess()
                ? new Step.ReadAll<>(1 << 20, body -> new Step.Done<>(read(body, field)))
                : refused.apply(head);
    }

    private static Long read(ByteBuffer body, String field) {
        Long count = null;
        JsonReader json = JsonReader.of(body);
        if (json.enterObject()) {
            while (json.nextField()) {
                if (json.field().equals(field)) {
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
