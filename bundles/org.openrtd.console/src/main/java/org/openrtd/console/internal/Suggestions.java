package org.openrtd.console.internal;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Finds what someone who mistyped a name may have meant. */
final class Suggestions {

    private Suggestions() {}

    /** {@code " Did you mean Agent_Real_Time?"}, or nothing when no name is near. */
    static String didYouMean(String typed, Collection<String> names) {
        String wanted = typed.toLowerCase(Locale.ROOT);
        record Near(String name, int distance) {}
        List<Near> near = names.stream()
                .distinct()
                .map(name -> new Near(name, distance(wanted, name.toLowerCase(Locale.ROOT))))
                .filter(n -> n.distance() <= Math.max(2, wanted.length() / 3)
                        || wanted.length() > 2
                                && n.name().toLowerCase(Locale.ROOT).contains(wanted))
                .sorted(Comparator.comparingInt(Near::distance).thenComparing(Near::name))
                .limit(3)
                .toList();
        if (near.isEmpty()) {
            return "";
        }
        StringBuilder question = new StringBuilder(" Did you mean ");
        for (int i = 0; i < near.size(); i++) {
            question.append(i == 0 ? "" : i == near.size() - 1 ? " or " : ", ")
                    .append(near.get(i).name());
        }
        return question.append('?').toString();
    }

    /** How many letters have to be put in, left out, replaced or swapped with their neighbour. */
    static int distance(String a, String b) {
        int[] beforeLast = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        int[] now = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            now[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                now[j] = Math.min(Math.min(now[j - 1], last[j]) + 1, last[j - 1] + same);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    now[j] = Math.min(now[j], beforeLast[j - 2] + 1);
                }
            }
            int[] spare = beforeLast;
            beforeLast = last;
            last = now;
            now = spare;
        }
        return last[b.length()];
    }
}
