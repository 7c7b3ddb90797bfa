/** Part of the wrong tree. */
@NullMarked
package dev.avionics.architecture.wrong.stray;

import org.jspecify.annotations.NullMarked;
