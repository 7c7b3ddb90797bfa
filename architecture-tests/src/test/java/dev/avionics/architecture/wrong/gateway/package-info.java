/** Part of the wrong tree. */
@NullMarked
package dev.avionics.architecture.wrong.gateway;

import org.jspecify.annotations.NullMarked;
