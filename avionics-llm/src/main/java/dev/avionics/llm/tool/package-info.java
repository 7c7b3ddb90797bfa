/** Tools that a model may call, and the loop that runs a conversation with them to its end. */
@NullMarked
package dev.avionics.llm.tool;

import org.jspecify.annotations.NullMarked;
