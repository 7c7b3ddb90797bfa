/** Answers into events. */
@NullMarked
package dev.avionics.airframe.anthropic.answer;

import org.jspecify.annotations.NullMarked;
