/** Every adapter's run of the contract: against simulated backends, and as {@code …RealIT} against real ones. */
@NullMarked
package dev.avionics.contract;

import org.jspecify.annotations.NullMarked;
