/** Simulated models as strict as what they stand for. */
@NullMarked
package dev.avionics.testkit.model;

import org.jspecify.annotations.NullMarked;
