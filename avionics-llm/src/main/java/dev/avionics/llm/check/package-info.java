/** Looks before the first call: which backend is there, and whether it has the model. */
@NullMarked
package dev.avionics.llm.check;

import org.jspecify.annotations.NullMarked;
