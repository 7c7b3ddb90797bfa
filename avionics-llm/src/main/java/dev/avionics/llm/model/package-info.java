/**
 * The model file of the embedded backend: fetched once, checked, kept.
 *
 * <p>A package of its own, because it is the only code that writes to the user's disk and starts programs, and because
 * nothing else here needs it: whoever has a backend or a model file never comes here.
 */
@NullMarked
package dev.avionics.llm.model;

import org.jspecify.annotations.NullMarked;
