/** What an operator allows: money, rates, calls at once, by agent, key, provider and target. Only values; the layers keep them. */
@NullMarked
package dev.avionics.gateway.limit;

import org.jspecify.annotations.NullMarked;
