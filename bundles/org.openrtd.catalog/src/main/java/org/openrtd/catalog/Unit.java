package org.openrtd.catalog;

/** What a column's value measures. */
public enum Unit {
    /** An identifier, made by the central database. */
    ID("id"),
    /** A whole number of things. */
    COUNT("count"),
    /** Whole seconds. */
    SECONDS("s"),
    /** A real number, 1 being all. */
    RATIO("ratio"),
    /** An instant. */
    TIME("time"),
    /** A code; see the column's code list, where it has one. */
    CODE("code"),
    /** 1 yes, 0 no; in configuration tables {@code Y} or {@code N}. */
    FLAG("flag"),
    /** Text. */
    TEXT("text");

    private final String label;

    Unit(String label) {
        this.label = label;
    }

    /** How documents and commands write it. */
    public String label() {
        return label;
    }
}
