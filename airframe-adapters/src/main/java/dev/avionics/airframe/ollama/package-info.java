/** Ollama's own API: chat and generate, embeddings, models. */
@NullMarked
package dev.avionics.airframe.ollama;

import org.jspecify.annotations.NullMarked;
