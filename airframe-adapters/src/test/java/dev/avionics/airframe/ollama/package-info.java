/** Tests of the Ollama protocol. */
@NullMarked
package dev.avionics.airframe.ollama;

import org.jspecify.annotations.NullMarked;
