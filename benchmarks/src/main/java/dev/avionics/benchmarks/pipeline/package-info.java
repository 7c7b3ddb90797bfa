/** What the gateway's layers add to a call. */
@NullMarked
package dev.avionics.benchmarks.pipeline;

import org.jspecify.annotations.NullMarked;
