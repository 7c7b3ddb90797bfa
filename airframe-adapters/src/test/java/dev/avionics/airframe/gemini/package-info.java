/** Tests of the protocol of Google's generateContent. */
@NullMarked
package dev.avionics.airframe.gemini;

import org.jspecify.annotations.NullMarked;
