/** Answers of the OpenAI family into events. */
@NullMarked
package dev.avionics.airframe.openai.answer;

import org.jspecify.annotations.NullMarked;
