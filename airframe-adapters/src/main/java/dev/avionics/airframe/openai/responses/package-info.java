/** The Responses API of OpenAI and of servers that speak like it. */
@NullMarked
package dev.avionics.airframe.openai.responses;

import org.jspecify.annotations.NullMarked;
