package dev.avionics.gateway;

import dev.avionics.cost.Cost;
import java.util.Optional;

/**
 * Is told what calls use, and may say that it is enough. Runs on a thread of the gateway's callbacks, one at a time: what it
 * throws or how long it takes hurts no call, though with {@code enforce} the next call waits for it for up to a second.
 */
public interface ResourceCallback {
    /**
     * A call has used tokens.
     *
     * @return why no more may be used; empty if more may
     */
    Optional<String> onUsage(long tokensIn, long tokensOut);

    /**
     * Asked before a call when the gateway enforces.
     *
     * @param tokensIn the prompt's tokens, guessed
     * @param estimate what the prompt will cost, guessed
     * @return whether the call may be made; default yes
     */
    default boolean canSpend(long tokensIn, Cost estimate) {
        return true;
    }
}
