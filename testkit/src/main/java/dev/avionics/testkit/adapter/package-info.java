/** A backend without a wire: every answer comes from a script. */
@NullMarked
package dev.avionics.testkit.adapter;

import org.jspecify.annotations.NullMarked;
