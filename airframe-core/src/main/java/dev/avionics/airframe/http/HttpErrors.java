package dev.avionics.airframe.http;

import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;

/** Answers that are errors. */
public final class HttpErrors {
    private HttpErrors() {}

    static InferenceException htmlPage() {
        return InferenceException.builder(
                        ErrorCategory.PARSE,
                        "an HTML page came instead of JSON: is the base URL right, is a proxy or login page in between?")
                .code("html")
                .build();
    }
}
