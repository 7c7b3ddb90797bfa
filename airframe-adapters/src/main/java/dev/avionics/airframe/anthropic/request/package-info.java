/** Requests for messages. */
@NullMarked
package dev.avionics.airframe.anthropic.request;

import org.jspecify.annotations.NullMarked;
