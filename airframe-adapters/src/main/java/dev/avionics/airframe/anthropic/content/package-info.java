/** Conversations as blocks of content. */
@NullMarked
package dev.avionics.airframe.anthropic.content;

import org.jspecify.annotations.NullMarked;
