package org.openrtd.feed;

import java.util.regex.Pattern;

/**
 * Where a source stands, and where to go for what its feeds do not hold. Travels with its heartbeats; each text may be
 * empty, when nobody has said so. Everybody who may follow can read it.
 *
 * @param site the site that the source stands at
 * @param configuration where configuration is to be had and edited: a node's name, or an address
 * @param history where history is to be had: the name of the node that keeps it, or the address of a database or a page
 */
public record Whereabouts(String site, String configuration, String history) {

    /** A longer one is not taken. */
    public static final int MOST_CHARACTERS = 256;

    private static final Pattern SECRET =
            Pattern.compile("(?i)(user|password|passwd|pwd|secret|token|key)\\s*=|://[^/?@]*@");

    /** Nothing is known. */
    public static final Whereabouts NONE = new Whereabouts("", "", "");

    /** @throws IllegalArgumentException when one is longer, has control characters, or names a user, password or token */
    public Whereabouts {
        check("site", site);
        check("configuration", configuration);
        check("history", history);
    }

    private static void check(String name, String text) {
        if (!usable(text)) {
            throw new IllegalArgumentException("The whereabouts of a source's " + name + " are at most "
                    + MOST_CHARACTERS + " characters on one line, without user, password or token");
        }
    }

    private static boolean usable(String text) {
        return text.length() <= MOST_CHARACTERS
                && text.chars().noneMatch(Character::isISOControl)
                && !SECRET.matcher(text).find();
    }

    /** What of these can be used; {@code null} and whatever a source must not say count as empty. */
    public static Whereabouts usable(String site, String configuration, String history) {
        String at = usableOrEmpty(site);
        String configured = usableOrEmpty(configuration);
        String kept = usableOrEmpty(history);
        return at.isEmpty() && configured.isEmpty() && kept.isEmpty() ? NONE : new Whereabouts(at, configured, kept);
    }

    private static String usableOrEmpty(String text) {
        return text == null || !usable(text) ? "" : text;
    }

    /**
     * These, and for places that they do not name those that another source names, which is further away. Its site is its
     * own.
     */
    public Whereabouts or(Whereabouts further) {
        return new Whereabouts(
                site,
                configuration.isEmpty() ? further.configuration : configuration,
                history.isEmpty() ? further.history : history);
    }

    /** For people: {@code site north, configuration at central, history at central}; empty when nothing is known. */
    @Override
    public String toString() {
        String said = (site.isEmpty() ? "" : ", site " + site)
                + (configuration.isEmpty() ? "" : ", configuration at " + configuration)
                + (history.isEmpty() ? "" : ", history at " + history);
        return said.isEmpty() ? "" : said.substring(2);
    }
}
