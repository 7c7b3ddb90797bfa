/** llama.cpp's own server: its native completions, and the chat completions it shares with OpenAI. */
@NullMarked
package dev.avionics.airframe.llamaserver;

import org.jspecify.annotations.NullMarked;
