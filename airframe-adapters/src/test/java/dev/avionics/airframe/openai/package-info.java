@NullMarked
package dev.avionics.airframe.openai;

import org.jspecify.annotations.NullMarked;
