/** The HTTP port, the framings of answers, and the engine that runs a wire protocol. */
@NullMarked
package dev.avionics.airframe.http;

import org.jspecify.annotations.NullMarked;
