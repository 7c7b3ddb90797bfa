/** Part of the wrong tree. */
@NullMarked
package dev.avionics.architecture.wrong.server.http;

import org.jspecify.annotations.NullMarked;
