/** Reads what Ollama answers. */
@NullMarked
package dev.avionics.airframe.ollama.answer;

import org.jspecify.annotations.NullMarked;
