/** The one exception, its categories, and the retry table. */
@NullMarked
package dev.avionics.airframe.error;

import org.jspecify.annotations.NullMarked;
