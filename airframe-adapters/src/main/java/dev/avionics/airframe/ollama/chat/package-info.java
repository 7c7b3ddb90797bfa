/** Requests for answers of Ollama: conversations, options, the size of the window. */
@NullMarked
package dev.avionics.airframe.ollama.chat;

import org.jspecify.annotations.NullMarked;
