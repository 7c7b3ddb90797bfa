/** Part of the wrong tree. */
@NullMarked
package dev.avionics.architecture.wrong.airframe.openai;

import org.jspecify.annotations.NullMarked;
