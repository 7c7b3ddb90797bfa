/** Settings: where values come from, what they are called, and which of them win. */
@NullMarked
package dev.avionics.llm.settings;

import org.jspecify.annotations.NullMarked;
