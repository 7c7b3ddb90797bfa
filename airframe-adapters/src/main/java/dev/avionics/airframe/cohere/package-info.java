/** Cohere's own API, v2: chats, embeddings, ranking, models. */
@NullMarked
package dev.avionics.airframe.cohere;

import org.jspecify.annotations.NullMarked;
