/** The protocol of Anthropic's Messages API. */
@NullMarked
package dev.avionics.airframe.anthropic;

import org.jspecify.annotations.NullMarked;
