/** Small programs that the documentation quotes. */
@NullMarked
package dev.avionics.examples;

import org.jspecify.annotations.NullMarked;
