/** Part of the wrong tree. */
@NullMarked
package dev.avionics.architecture.wrong.airframe;

import org.jspecify.annotations.NullMarked;
