/** The protocol of Google's generateContent: the Gemini API and Vertex AI. */
@NullMarked
package dev.avionics.airframe.gemini;

import org.jspecify.annotations.NullMarked;
