@NullMarked
package dev.avionics.airframe.openai.dialect;

import org.jspecify.annotations.NullMarked;
