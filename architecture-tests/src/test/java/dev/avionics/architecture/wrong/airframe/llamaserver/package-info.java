/** Part of the wrong tree. */
@NullMarked
package dev.avionics.architecture.wrong.airframe.llamaserver;

import org.jspecify.annotations.NullMarked;
