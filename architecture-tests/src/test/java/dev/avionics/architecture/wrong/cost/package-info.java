/** Part of the wrong tree. */
@NullMarked
package dev.avionics.architecture.wrong.cost;

import org.jspecify.annotations.NullMarked;
