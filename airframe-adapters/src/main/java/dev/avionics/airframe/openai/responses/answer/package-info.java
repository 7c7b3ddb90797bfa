/** Answers of the Responses API into events, and what of them goes back. */
@NullMarked
package dev.avionics.airframe.openai.responses.answer;

import org.jspecify.annotations.NullMarked;
