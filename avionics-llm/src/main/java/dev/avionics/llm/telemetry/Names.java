package dev.avionics.llm.telemetry;

import static io.opentelemetry.api.common.AttributeKey.booleanKey;
import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;

import io.opentelemetry.api.common.AttributeKey;

/** The names that are used besides those of {@link GenAiSemconv}: stable ones of OpenTelemetry, and our own. */
final class Names {
    /** The name of our tracer, meter and logger. */
    static final String SCOPE = "dev.avionics";

    /** What stands for a value that would be one too many. */
    static final String OTHER = "_OTHER";

    static final String CANCELLED = "cancelled";

    static final AttributeKey<String> ERROR_TYPE = stringKey("error.type");
    static final AttributeKey<String> SERVER_ADDRESS = stringKey("server.address");
    static final AttributeKey<Long> SERVER_PORT = longKey("server.port");
    static final AttributeKey<String> HTTP_METHOD = stringKey("http.request.method");
    static final AttributeKey<Long> HTTP_RESEND_COUNT = longKey("http.request.resend_count");
    static final AttributeKey<Long> HTTP_STATUS = longKey("http.response.status_code");

    static final AttributeKey<String> AGENT = stringKey("avionics.agent");
    static final AttributeKey<Long> ATTEMPT_COUNT = longKey("avionics.attempt.count");
    static final AttributeKey<Long> ATTEMPT_NUMBER = longKey("avionics.attempt.number");
    static final AttributeKey<String> CANCEL_ORIGIN = stringKey("avionics.cancel.origin");
    static final AttributeKey<String> CONTENT_REFERENCE = stringKey("avionics.content.reference");
    static final AttributeKey<Long> COST = longKey("avionics.cost.usd_micros");
    static final AttributeKey<String> ENDPOINT = stringKey("avionics.endpoint");
    static final AttributeKey<String> ERROR_CATEGORY = stringKey("avionics.error.category");
    static final AttributeKey<String> ERROR_ORIGIN = stringKey("avionics.error.origin");
    static final AttributeKey<Boolean> FALLBACK = booleanKey("avionics.fallback");
    static final AttributeKey<String> MODEL = stringKey("avionics.model");
    static final AttributeKey<String> PROVIDER = stringKey("avionics.provider");
    static final AttributeKey<String> REQUEST_ID = stringKey("avionics.request.id");
    static final AttributeKey<String> RETRY_DENIED = stringKey("avionics.retry.denied_reason");
    static final AttributeKey<String> UPSTREAM_REQUEST_ID = stringKey("avionics.upstream.request_id");
    static final AttributeKey<Boolean> USAGE_ESTIMATED = booleanKey("avionics.usage.estimated");
    static final AttributeKey<Boolean> USAGE_MISSING = booleanKey("avionics.usage.missing");
    static final AttributeKey<Long> USAGE_TOLD_INPUT = longKey("avionics.usage.told.input_tokens");
    static final AttributeKey<Long> USAGE_TOLD_OUTPUT = longKey("avionics.usage.told.output_tokens");

    static final AttributeKey<String> ROUTE = stringKey("avionics.route.id");
    static final AttributeKey<String> REASON = stringKey("avionics.reason");
    static final AttributeKey<String> PRIORITY = stringKey("avionics.priority");
    static final AttributeKey<String> SIGNAL = stringKey("avionics.signal");
    static final AttributeKey<String> TENANT = stringKey("avionics.tenant.id");
    static final AttributeKey<String> DIRECTION = stringKey("avionics.token.direction");

    private Names() {}
}
