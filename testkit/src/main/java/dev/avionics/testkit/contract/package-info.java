/**
 * What every adapter has to do, as a test that is derived from: name a target and say what it can do, and each case runs
 * against it.
 */
@NullMarked
package dev.avionics.testkit.contract;

import org.jspecify.annotations.NullMarked;
