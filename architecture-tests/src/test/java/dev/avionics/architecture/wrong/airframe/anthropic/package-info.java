/** Part of the wrong tree. */
@NullMarked
package dev.avionics.architecture.wrong.airframe.anthropic;

import org.jspecify.annotations.NullMarked;
