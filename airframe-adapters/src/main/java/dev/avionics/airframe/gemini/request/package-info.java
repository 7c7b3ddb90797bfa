/** What is sent to Google: addresses, rules of models, bodies of requests. */
@NullMarked
package dev.avionics.airframe.gemini.request;

import org.jspecify.annotations.NullMarked;
