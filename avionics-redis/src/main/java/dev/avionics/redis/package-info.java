/** The state that the replicas of a gateway share, on Redis or Valkey: {@link dev.avionics.redis.RedisState}. */
@NullMarked
package dev.avionics.redis;

import org.jspecify.annotations.NullMarked;
