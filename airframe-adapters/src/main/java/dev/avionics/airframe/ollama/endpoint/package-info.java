/** What is common to all requests to an Ollama endpoint: its settings, its errors, what is learned from them. */
@NullMarked
package dev.avionics.airframe.ollama.endpoint;

import org.jspecify.annotations.NullMarked;
