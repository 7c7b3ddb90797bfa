/** Part of the wrong tree. */
@NullMarked
package dev.avionics.architecture.wrong.airframe.http.netty;

import org.jspecify.annotations.NullMarked;
