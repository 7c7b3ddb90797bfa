package dev.avionics.cost;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Who sells models, under which names, and how names of models are read that name a seller, too. Immutable. */
final class Sellers {
    /** Folders of names that say nothing about who sells. */
    private static final Set<String> FOLDERS = Set.of("models", "publishers");

    /** Words before a name that say where the model runs. It often costs a little more there. */
    private static final Set<String> REGIONS =
            Set.of("us", "eu", "apac", "jp", "au", "global", "global-standard", "us-gov", "data-zone");

    /**
     * One way to read a model's name.
     *
     * @param seller under whose prices to look
     * @param model the name to look for there
     * @param certain whether nothing was left out of the name that may change the price
     */
    record Reading(String seller, String model, boolean certain) {}

    private final Map<String, Seller> byId = new LinkedHashMap<>();
    private final Map<String, String> idByName = new HashMap<>();

    /** What is said of one id in several places is added up; of two sellers with one alias the later has it. */
    Sellers(List<Seller> sellers) {
        for (Seller seller : sellers) {
            byId.merge(seller.id(), seller, Seller::plus);
            seller.aliases().forEach(alias -> idByName.put(alias, seller.id()));
        }
        // An id is stronger than an alias.
        byId.keySet().forEach(id -> idByName.put(id, id));
    }

    /** The id that prices of a provider stand under; the name itself, in its normal form, if nobody knows it. */
    String id(String provider) {
        String name = Seller.normal(provider);
        return idByName.getOrDefault(name, name);
    }

    /** Whether a name is an id or alias. */
    boolean knows(String provider) {
        return idByName.containsKey(Seller.normal(provider));
    }

    boolean isFree(String id) {
        Seller seller = byId.get(id);
        return seller != null && seller.free();
    }

    /** The ways to read a model's name, the most literal first. */
    List<Reading> readings(String provider, String model) {
        String seller = id(provider);
        String name = model.strip().toLowerCase(Locale.ROOT);
        boolean certain = true;
        List<Reading> readings = new ArrayList<>();
        add(readings, seller, name, true);
        while (true) {
            int cut = prefix(name);
            if (cut < 0) {
                return readings;
            }
            String head = Seller.normal(name.substring(0, cut));
            String named = idByName.get(head);
            if (REGIONS.contains(head)) {
                certain = false;
            } else if (named != null && !named.equals(seller)) {
                // Who resells a model may take more. Where nobody was named before, this is no reselling.
                certain &= seller.isEmpty();
                seller = named;
            } else if (named == null && !FOLDERS.contains(head)) {
                return readings;
            }
            name = name.substring(cut + 1);
            add(readings, seller, name, certain);
        }
    }

    private void add(List<Reading> readings, String seller, String model, boolean certain) {
        readings.add(new Reading(seller, model, certain));
        Seller declared = byId.get(seller);
        if (declared != null) {
            declared.also().forEach(other -> readings.add(new Reading(id(other), model, certain)));
        }
    }

    /** Where a seller or region in front of a name ends; -1 if there is none. */
    private int prefix(String name) {
        int slash = name.indexOf('/');
        if (slash >= 0) {
            return slash == 0 || slash == name.length() - 1 ? -1 : slash;
        }
        int dot = name.indexOf('.');
        if (dot <= 0 || dot == name.length() - 1) {
            return -1;
        }
        // Most dots belong to a version, such as in 4.1.
        String head = Seller.normal(name.substring(0, dot));
        return REGIONS.contains(head) || idByName.containsKey(head) ? dot : -1;
    }

    List<Seller> list() {
        return List.copyOf(byId.values());
    }
}
