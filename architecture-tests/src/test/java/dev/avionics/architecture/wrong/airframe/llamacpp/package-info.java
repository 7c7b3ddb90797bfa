/** Part of the wrong tree. */
@NullMarked
package dev.avionics.architecture.wrong.airframe.llamacpp;

import org.jspecify.annotations.NullMarked;
