/** How servers that speak like OpenAI differ: data, one dialect each. */
@NullMarked
package dev.avionics.airframe.openai.dialect;

import org.jspecify.annotations.NullMarked;
