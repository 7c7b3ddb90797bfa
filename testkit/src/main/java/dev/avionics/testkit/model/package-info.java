/**
 * A model that is simulated, and the faces under which it speaks to the world: one for each wire format, to be put into a
 * {@link dev.avionics.testkit.backend.Scenario}.
 */
@NullMarked
package dev.avionics.testkit.model;

import org.jspecify.annotations.NullMarked;
