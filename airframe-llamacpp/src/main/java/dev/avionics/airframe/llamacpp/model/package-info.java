/** Models that are opened in this process, and the native library they need. */
@NullMarked
package dev.avionics.airframe.llamacpp.model;

import org.jspecify.annotations.NullMarked;
