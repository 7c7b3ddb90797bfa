/** Proof of recording and replay. */
@NullUnmarked
package dev.avionics.testkit.record;

import org.jspecify.annotations.NullUnmarked;
