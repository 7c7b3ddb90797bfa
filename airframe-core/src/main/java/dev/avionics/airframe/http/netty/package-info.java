/** The Netty client behind the HTTP port; not for use by other artifacts. */
@NullMarked
package dev.avionics.airframe.http.netty;

import org.jspecify.annotations.NullMarked;
