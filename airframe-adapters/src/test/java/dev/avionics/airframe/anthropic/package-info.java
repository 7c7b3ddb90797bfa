/** Tests of the Messages protocol. */
@NullMarked
package dev.avionics.airframe.anthropic;

import org.jspecify.annotations.NullMarked;
