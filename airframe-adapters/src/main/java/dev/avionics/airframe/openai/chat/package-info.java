/** Requests for chat completions in a dialect. */
@NullMarked
package dev.avionics.airframe.openai.chat;

import org.jspecify.annotations.NullMarked;
