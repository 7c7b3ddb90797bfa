package dev.avionics.llm.telemetry;

/**
 * Gets what was said in each call, after redaction and before it is cut or written as JSON; whatever the {@link ContentMode}, and
 * whether the call is sampled or not. For who uploads it elsewhere.
 *
 * <p>Called once at the end of each call, maybe on a transport thread: it must hand over and not block. What it throws is logged,
 * and the call's content is recorded nowhere then.
 */
@FunctionalInterface
public interface ContentHook {
    /**
     * Takes the content.
     *
     * @param traceId the trace, 32 hexadecimal digits; zeros if there is none
     * @return what is recorded in place of it, such as {@link CapturedContent#at} with the address it was put to
     */
    CapturedContent ended(CapturedContent content, String traceId);
}
