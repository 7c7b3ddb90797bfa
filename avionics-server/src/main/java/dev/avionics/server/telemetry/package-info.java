/** The one OpenTelemetry of the program: an SDK that exports over OTLP, if the environment asks for it. */
@NullMarked
package dev.avionics.server.telemetry;

import org.jspecify.annotations.NullMarked;
