/** The HTTP transport against simulated backends. */
@NullMarked
package dev.avionics.testkit.transport;

import org.jspecify.annotations.NullMarked;
