/** Recorded answers of backends, for the tests of all packages. */
@NullMarked
package dev.avionics.airframe.wire;

import org.jspecify.annotations.NullMarked;
