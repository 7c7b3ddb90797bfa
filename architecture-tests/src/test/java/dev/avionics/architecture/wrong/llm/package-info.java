/** Part of the wrong tree. */
@NullMarked
package dev.avionics.architecture.wrong.llm;

import org.jspecify.annotations.NullMarked;
