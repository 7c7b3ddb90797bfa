/** Values of a conversation with a language model, and {@link dev.avionics.airframe.Airframe}, which owns the transport. */
@NullMarked
package dev.avionics.airframe;

import org.jspecify.annotations.NullMarked;
