/** OpenAI chat completions and the servers that speak like it. */
@NullMarked
package dev.avionics.airframe.openai;

import org.jspecify.annotations.NullMarked;
