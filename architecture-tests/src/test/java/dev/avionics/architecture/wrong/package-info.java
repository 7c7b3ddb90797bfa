/** A tree with one planted fault per class name; the rules have to find them. */
@NullMarked
package dev.avionics.architecture.wrong;

import org.jspecify.annotations.NullMarked;
