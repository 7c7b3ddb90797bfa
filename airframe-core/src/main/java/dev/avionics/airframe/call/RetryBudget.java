package dev.avionics.airframe.call;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keeps retries a small share of calls, so that an outage is not answered with a storm. Each route has a purse: every call
 * puts in a tenth of a retry, every second one more up to ten. A retry takes one out; an empty purse means no retry.
 * Thread-safe.
 */
public final class RetryBudget {
    private static final double SHARE = 0.1;
    private static final double PER_SECOND = 1;
    private static final double FLOOR = 10;
    private static final double MOST = 100;
    private static final int MAX_ROUTES = 4096;

    private final Ticker ticker;
    private final Map<String, Purse> purses = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Purse> eldest) {
            return size() > MAX_ROUTES;
        }
    };

    private static final class Purse {
        private double balance = FLOOR;
        private long filledAt;
    }

    /** A budget with full purses. */
    public RetryBudget(Ticker ticker) {
        this.ticker = ticker;
    }

    /** A call begins on a route. */
    public void deposit(String route) {
        synchronized (purses) {
            Purse purse = purse(route);
            purse.balance = Math.min(MOST, purse.balance + SHARE);
        }
    }

    /** Takes one retry out of the route's purse; false if there is none. */
    public boolean withdraw(String route) {
        synchronized (purses) {
            Purse purse = purse(route);
            if (purse.balance < 1) {
                return false;
            }
            purse.balance -= 1;
            return true;
        }
    }

    /** Puts a retry back that was not made. */
    void refund(String route) {
        synchronized (purses) {
            purse(route).balance += 1;
        }
    }

    /** What is left on each route, for diagnostics. */
    public Map<String, Double> balances() {
        synchronized (purses) {
            Map<String, Double> copy = new HashMap<>();
            purses.forEach((route, purse) -> copy.put(route, purse.balance));
            return copy;
        }
    }

    private Purse purse(String route) {
        long now = ticker.nanoTime();
        Purse purse = purses.get(route);
        if (purse == null) {
            purse = new Purse();
            purse.filledAt = now;
            purses.put(route, purse);
        }
        double seconds = Math.max(0, (now - purse.filledAt) / 1e9);
        if (purse.balance < FLOOR) {
            purse.balance = Math.min(FLOOR, purse.balance + seconds * PER_SECOND);
        }
        purse.filledAt = now;
        return purse;
    }
}
