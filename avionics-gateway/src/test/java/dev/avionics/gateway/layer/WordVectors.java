package dev.avionics.gateway.layer;

import java.util.Locale;

/** Vectors of texts by their words and the threes of letters in them: alike words, alike vectors, whatever they mean. */
final class WordVectors {
    private static final int LENGTH = 512;

    private WordVectors() {}

    static float[] of(String text) {
        float[] vector = new float[LENGTH];
        for (String word : text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{Nd}]+")) {
            if (word.isEmpty()) {
                continue;
            }
            add(vector, word, 2);
            String padded = "<" + word + ">";
            for (int i = 0; i + 3 <= padded.length(); i++) {
                add(vector, padded.substring(i, i + 3), 1);
            }
        }
        return vector;
    }

    private static void add(float[] vector, String feature, float weight) {
        vector[Math.floorMod(feature.hashCode() * 0x9E3779B1, LENGTH)] += weight;
    }
}
