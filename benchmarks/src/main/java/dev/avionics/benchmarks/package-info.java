/** What every arm of the library benchmark shares: the scenarios, the pinned answers and the contract of an arm. */
@NullMarked
package dev.avionics.benchmarks;

import org.jspecify.annotations.NullMarked;
