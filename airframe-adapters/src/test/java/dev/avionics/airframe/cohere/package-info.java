/** Tests of the Cohere protocol. */
@NullMarked
package dev.avionics.airframe.cohere;

import org.jspecify.annotations.NullMarked;
