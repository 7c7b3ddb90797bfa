/** What a backend implements: wire protocols, event decoders, adapters, credentials. */
@NullMarked
package dev.avionics.airframe.spi;

import org.jspecify.annotations.NullMarked;
