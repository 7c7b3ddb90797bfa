@NullMarked
package dev.avionics.airframe.http.netty;

import org.jspecify.annotations.NullMarked;
