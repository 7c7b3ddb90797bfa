/** Avionics itself as an arm of the library benchmark. */
@NullMarked
package dev.avionics.benchmarks.library;

import org.jspecify.annotations.NullMarked;
