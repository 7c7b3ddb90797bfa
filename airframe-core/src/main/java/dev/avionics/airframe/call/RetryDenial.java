package dev.avionics.airframe.call;

/** Why a failed call was not tried again. */
public enum RetryDenial {
    /** The retry table allows no other attempt after such a failure, or only where the plan knows no place for it. */
    RULE,
    /** The policy's number of attempts is used up. */
    ALLOWANCE,
    /** The call's deadline is over, or would be by the time of the next attempt. */
    DEADLINE,
    /** The retry budget of the route is used up. */
    BUDGET,
    /** The plan gave up where the table would have allowed another attempt. */
    PLAN
}
