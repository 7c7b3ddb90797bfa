/** Part of the wrong tree. */
@NullMarked
package dev.avionics.architecture.wrong.server;

import org.jspecify.annotations.NullMarked;
