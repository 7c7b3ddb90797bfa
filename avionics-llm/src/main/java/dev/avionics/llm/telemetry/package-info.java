/** Traces, metrics and events of calls, over the OpenTelemetry API. */
@NullMarked
package dev.avionics.llm.telemetry;

import org.jspecify.annotations.NullMarked;
