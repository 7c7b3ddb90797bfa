package dev.avionics.contract;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Names the row of the page of providers that a contract test proves. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@interface ProvesRow {
    /** The row's name. */
    ProviderRow value();
}
