/** The simulated backend that all arms call. */
@NullMarked
package dev.avionics.benchmarks.upstream;

import org.jspecify.annotations.NullMarked;
