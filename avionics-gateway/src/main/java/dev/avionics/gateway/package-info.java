/** The call layers around any provider: admission, cache, fallback, budget and statistics. */
@NullMarked
package dev.avionics.gateway;

import org.jspecify.annotations.NullMarked;
