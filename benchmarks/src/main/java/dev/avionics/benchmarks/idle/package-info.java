/** What an open stream on which nothing happens costs in memory. */
@NullMarked
package dev.avionics.benchmarks.idle;

import org.jspecify.annotations.NullMarked;
