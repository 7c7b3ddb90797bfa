/**
 * Real traffic on a file: a recorder that listens while an airframe talks to its backends, recordings without secrets, and
 * a replay of them through the real adapters.
 */
@NullMarked
package dev.avionics.testkit.record;

import org.jspecify.annotations.NullMarked;
