/**
 * State that the replicas of a gateway share: rates, leases, budgets, cached bytes and hints, behind the port {@link
 * dev.avionics.gateway.state.SharedState}.
 */
@NullMarked
package dev.avionics.gateway.state;

import org.jspecify.annotations.NullMarked;
