package dev.avionics.llm.telemetry;

import dev.avionics.airframe.Target;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/**
 * The span of one attempt over HTTP, whatever the number of its requests. Models in the process have none. Not thread-safe.
 *
 * @param resends how many attempts at this target came right before it
 */
record AttemptSpan(Target target, int resends, Span span, Context context) {
    private static final String METHOD = "POST";

    static AttemptSpan start(LLMTelemetry owner, Context parent, Target target, int number, int resends) {
        if (target.endpoint().baseUrl().getHost() == null) {
            return new AttemptSpan(target, resends, Span.getInvalid(), parent);
        }
        SpanBuilder builder =
                owner.tracer().spanBuilder(METHOD).setParent(parent).setSpanKind(SpanKind.CLIENT);
        builder.setAttribute(Names.HTTP_METHOD, METHOD);
        RunningCall.server(builder::setAttribute, target);
        builder.setAttribute(Names.ENDPOINT, target.endpoint().name());
        builder.setAttribute(Names.ATTEMPT_NUMBER, (long) number);
        if (!target.model().isEmpty()) {
            builder.setAttribute(Names.MODEL, target.model());
        }
        if (resends > 0) {
            builder.setAttribute(Names.HTTP_RESEND_COUNT, (long) resends);
        }
        Span span = builder.startSpan();
        return new AttemptSpan(target, resends, span, parent.with(span));
    }

    void answered(int status, @Nullable String requestId) {
        span.setAttribute(Names.HTTP_STATUS, (long) status);
        if (requestId != null) {
            span.setAttribute(Names.UPSTREAM_REQUEST_ID, requestId);
        }
    }

    /** Ends it; null if it went well. */
    void end(@Nullable String errorType) {
        if (errorType != null) {
            span.setAttribute(Names.ERROR_TYPE, errorType);
            if (!errorType.equals(Names.CANCELLED)) {
                span.setStatus(StatusCode.ERROR);
            }
        }
        span.end();
    }

    String traceId() {
        return RunningCall.traceOf(context);
    }
}
