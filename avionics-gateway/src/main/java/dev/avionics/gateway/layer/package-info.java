/** The layers of the gateway, one file each. Their order is said in {@link dev.avionics.gateway.LayerOrder}. */
@NullMarked
package dev.avionics.gateway.layer;

import org.jspecify.annotations.NullMarked;
