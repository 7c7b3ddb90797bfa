/** Part of the wrong tree. */
@NullMarked
package dev.avionics.architecture.wrong.redis;

import org.jspecify.annotations.NullMarked;
