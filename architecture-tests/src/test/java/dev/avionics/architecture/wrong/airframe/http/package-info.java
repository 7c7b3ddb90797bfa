/** Part of the wrong tree. */
@NullMarked
package dev.avionics.architecture.wrong.airframe.http;

import org.jspecify.annotations.NullMarked;
