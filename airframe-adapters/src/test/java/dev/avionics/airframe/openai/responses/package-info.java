@NullMarked
package dev.avionics.airframe.openai.responses;

import org.jspecify.annotations.NullMarked;
