package org.openrtd.catalog;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Finds names that people half remember. */
final class Names {

    private Names() {}

    static List<String> complete(String prefix, Collection<String> names) {
        String start = prefix.toLowerCase(Locale.ROOT);
        return names.stream()
                .filter(name -> name.toLowerCase(Locale.ROOT).startsWith(start))
                .toList();
    }

    /** At most three names within a third of the word's length, or that contain the word; the nearest first. */
    static List<String> nearest(String word, Collection<String> names) {
        // Names are short; a word that is not is no name, and is not worth a long computation.
        String wanted = word.substring(0, Math.min(word.length(), 64)).toLowerCase(Locale.ROOT);
        if (wanted.isEmpty()) {
            return List.of();
        }
        record Candidate(String name, int distance) {}
        return names.stream()
                .map(name -> new Candidate(name, distance(wanted, name.toLowerCase(Locale.ROOT))))
                .filter(candidate -> candidate.distance <= Math.max(2, wanted.length() / 3)
                        || wanted.length() > 2
                                && candidate.name.toLowerCase(Locale.ROOT).contains(wanted))
                .sorted(Comparator.comparingInt(Candidate::distance))
                .limit(3)
                .map(Candidate::name)
                .toList();
    }

    static String didYouMean(List<String> names) {
        return names.isEmpty() ? "" : names.stream().collect(Collectors.joining(", ", "; did you mean ", "?"));
    }

    /** How many characters have to be put, taken or changed to make {@code a} into {@code b}. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
