/** Rules that hold across all modules: the arrows between them, their public API, and the size of what users get. */
@NullMarked
package dev.avionics.architecture;

import org.jspecify.annotations.NullMarked;
