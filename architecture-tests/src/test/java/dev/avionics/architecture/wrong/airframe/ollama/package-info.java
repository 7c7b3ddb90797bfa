/** Part of the wrong tree. */
@NullMarked
package dev.avionics.architecture.wrong.airframe.ollama;

import org.jspecify.annotations.NullMarked;
