package dev.avionics.cost;

import static java.util.Objects.requireNonNull;

/**
 * The price that was found for a call, and whether it is certainly the right one.
 *
 * @param price the line of the price list
 * @param certain false if it is a guess: the model is a variant that no list names and its family's price stands for it, a
 *     region or a seller was left out of its name, or other snapshots of the model cost something else
 */
public record Quote(Price price, boolean certain) {
    public Quote {
        requireNonNull(price, "price");
    }
}
