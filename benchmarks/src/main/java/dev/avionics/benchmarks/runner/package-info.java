/** Runs arms in processes of their own, measures them and judges the figures. */
@NullMarked
package dev.avionics.benchmarks.runner;

import org.jspecify.annotations.NullMarked;
