/** Recorded answers of backends, and what runs a protocol on them. */
@NullMarked
package dev.avionics.airframe.wire;

import org.jspecify.annotations.NullMarked;
