/** Answers that are known: what makes two calls the same, and how answers are kept and given again. */
@NullMarked
package dev.avionics.gateway.cache;

import org.jspecify.annotations.NullMarked;
