/** What Google answers: candidates whole or in pieces, their usage, their finish. */
@NullMarked
package dev.avionics.airframe.gemini.answer;

import org.jspecify.annotations.NullMarked;
