/**
 * A backend played by a script over real sockets, with faults on demand and a log of what it saw.
 *
 * <p>Written on plain {@code java.net} and {@code java.nio}: it shares no code, and so no fault, with the client under
 * test.
 */
@NullMarked
package dev.avionics.testkit.backend;

import org.jspecify.annotations.NullMarked;
