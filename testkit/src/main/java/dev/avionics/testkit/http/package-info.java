/** A transport without a network: every answer, delay and fault comes from a script. */
@NullMarked
package dev.avionics.testkit.http;

import org.jspecify.annotations.NullMarked;
