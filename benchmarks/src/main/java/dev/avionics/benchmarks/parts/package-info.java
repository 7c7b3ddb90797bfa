/** JMH benchmarks of the library's parts, each on one thread and without a network. */
@NullMarked
package dev.avionics.benchmarks.parts;

import org.jspecify.annotations.NullMarked;
