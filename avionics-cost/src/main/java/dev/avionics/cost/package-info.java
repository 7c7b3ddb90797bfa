/** What models cost: dated prices, the cost of a call, and sums of both. */
@NullMarked
package dev.avionics.cost;

import org.jspecify.annotations.NullMarked;
