/** A binary framing, to show that a decoder may read any bytes. */
@NullMarked
package dev.avionics.airframe.wire.aws;

import org.jspecify.annotations.NullMarked;
