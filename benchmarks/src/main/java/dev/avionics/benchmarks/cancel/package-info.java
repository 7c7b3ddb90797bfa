/** How long it takes until an upstream sees that a caller has left, in whatever phase the call was. */
@NullMarked
package dev.avionics.benchmarks.cancel;

import org.jspecify.annotations.NullMarked;
