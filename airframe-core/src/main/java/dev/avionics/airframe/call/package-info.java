/** What surrounds one call: context, deadline, clocks, attempts, retry policy and budget, observers. */
@NullMarked
package dev.avionics.airframe.call;

import org.jspecify.annotations.NullMarked;
