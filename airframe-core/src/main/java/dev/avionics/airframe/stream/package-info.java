/** One answer on its way: the cold, cancellable stream of events and its outcome. */
@NullMarked
package dev.avionics.airframe.stream;

import org.jspecify.annotations.NullMarked;
