/** The floor clients: the least that a Netty client must do for one call, without and with reading the answer. */
@NullMarked
package dev.avionics.benchmarks.floor;

import org.jspecify.annotations.NullMarked;
