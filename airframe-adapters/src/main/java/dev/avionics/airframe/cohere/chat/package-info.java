/** Chats with Cohere: requests, answers, and what they tell of tokens. */
@NullMarked
package dev.avionics.airframe.cohere.chat;

import org.jspecify.annotations.NullMarked;
