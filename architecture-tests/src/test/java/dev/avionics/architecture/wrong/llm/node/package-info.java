/** Part of the wrong tree. */
@NullMarked
package dev.avionics.architecture.wrong.llm.node;

import org.jspecify.annotations.NullMarked;
