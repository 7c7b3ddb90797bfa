/**
 * Time that only moves when a test says so.
 */
@NullMarked
package dev.avionics.testkit.time;

import org.jspecify.annotations.NullMarked;
