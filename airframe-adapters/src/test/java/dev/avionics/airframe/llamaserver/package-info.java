@NullMarked
package dev.avionics.airframe.llamaserver;

import org.jspecify.annotations.NullMarked;
