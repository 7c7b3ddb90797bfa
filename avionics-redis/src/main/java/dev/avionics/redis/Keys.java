package dev.avionics.redis;

import dev.avionics.gateway.state.Account;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;

/**
 * Names of keys in the server. What one script touches has the same hash tag (the part in braces), and so is on the same
 * node of a cluster: all budgets on one, the cache in parts over all; other keys stand alone.
 */
final class Keys {
    private static final int MOST_PARTS = 16;

    private final String namespace;
    private final int parts;

    /**
     * Names in a namespace.
     *
     * @param cacheEntries how many of the largest entries the cache holds
     */
    Keys(String namespace, long cacheEntries) {
        this.namespace = namespace;
        parts = (int) Math.max(1, Math.min(MOST_PARTS, cacheEntries));
    }

    String ping() {
        return namespace + ":ping";
    }

    String rate(String key) {
        return namespace + ":rate:" + key;
    }

    String lease(String key) {
        return namespace + ":lease:" + key;
    }

    String hints(String topic) {
        return namespace + ":hints:" + topic;
    }

    /** Three of each account: its sums, what is held, what is late. */
    List<String> accounts(List<Account> accounts) {
        List<String> keys = new ArrayList<>(3 * accounts.size() + 1);
        for (Account account : accounts) {
            String window = account.windowEnd().getEpochSecond() + ":" + account.key();
            keys.add(budget("sum:" + window));
            keys.add(budget("held:" + window));
            keys.add(budget("late:" + window));
        }
        return keys;
    }

    String added(String id) {
        return budget("added:" + id);
    }

    private String budget(String rest) {
        return "{" + namespace + ":budget}:" + rest;
    }

    /** How many parts the cache has; each holds its share. */
    int cacheParts() {
        return parts;
    }

    String cacheIndex(String key) {
        return part(key) + "index";
    }

    String cacheSizes(String key) {
        return part(key) + "sizes";
    }

    /** What precedes the keys of entries in the part of one. */
    String cachePrefix(String key) {
        return part(key) + "entry:";
    }

    private String part(String key) {
        CRC32 crc = new CRC32();
        crc.update(key.getBytes(StandardCharsets.UTF_8));
        return String.format(Locale.ROOT, "{%s:cache:%02d}:", namespace, crc.getValue() % parts);
    }
}
