/** The contract of shared state, and its implementations' runs of it. */
@NullMarked
package dev.avionics.contract.state;

import org.jspecify.annotations.NullMarked;
