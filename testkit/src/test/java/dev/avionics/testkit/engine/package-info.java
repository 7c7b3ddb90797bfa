/** Proof of the engine: retries, clocks, commit, cancel, backpressure, steps, values and races. */
@NullUnmarked
package dev.avionics.testkit.engine;

import org.jspecify.annotations.NullUnmarked;
