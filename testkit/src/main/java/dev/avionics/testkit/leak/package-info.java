/**
 * Watches that fail a run when buffers, threads or sockets are left behind.
 */
@NullMarked
package dev.avionics.testkit.leak;

import org.jspecify.annotations.NullMarked;
