/** Registries of endpoints, and adapters that come from elsewhere. */
package dev.avionics.testkit.endpoint;
