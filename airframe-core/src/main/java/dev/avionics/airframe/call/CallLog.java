package dev.avionics.airframe.call;

import static java.util.Objects.requireNonNull;

import org.slf4j.spi.LoggingEventBuilder;
import org.slf4j.spi.NOPLoggingEventBuilder;

/**
 * The ids that each log line of a call bears as key-value pairs, so that all lines of the call, and its trace, are found by them.
 * They go with the event and not with the thread: one thread serves many calls at a time.
 */
public final class CallLog {
    /** The key of {@link CallContext#callId}. */
    public static final String REQUEST_ID = "request_id";

    /** The key of the call's trace; also the attribute of a {@link CallContext} that names it. */
    public static final String TRACE_ID = "trace_id";

    private CallLog() {}

    /**
     * A line of the call, such as {@code CallLog.line(LOG.atWarn(), context).log("…")}.
     *
     * @param line an event that is not written yet; is given back
     * @param context has the request's id, and the trace's as an attribute or by its observer; no trace, no pair
     */
    public static LoggingEventBuilder line(LoggingEventBuilder line, CallContext context) {
        requireNonNull(line, "line");
        if (line instanceof NOPLoggingEventBuilder) {
            return line;
        }
        String named = context.attributes().get(TRACE_ID);
        return line(line, context.callId(), named == null ? context.observer().traceId() : named);
    }

    /**
     * A line of a call whose ids are known otherwise.
     *
     * @param traceId empty for none
     */
    public static LoggingEventBuilder line(LoggingEventBuilder line, String requestId, String traceId) {
        LoggingEventBuilder found = line.addKeyValue(REQUEST_ID, requireNonNull(requestId, "requestId"));
        return traceId.isEmpty() ? found : found.addKeyValue(TRACE_ID, traceId);
    }
}
