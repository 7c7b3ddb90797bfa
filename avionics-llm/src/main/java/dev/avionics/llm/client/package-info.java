/** What clients of models share: conversations that fit a context window. */
@NullMarked
package dev.avionics.llm.client;

import org.jspecify.annotations.NullMarked;
