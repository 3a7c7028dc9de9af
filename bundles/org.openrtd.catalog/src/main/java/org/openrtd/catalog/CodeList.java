package org.openrtd.catalog;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the codes of a column mean.
 *
 * @param name the list's name, that of the column it was first used for
 * @param texts the meaning of each code, in the codes' order
 */
public record CodeList(String name, Map<Integer, String> texts) {

    public CodeList {
        texts = Collections.unmodifiableMap(new LinkedHashMap<>(texts));
    }

    /** The meaning of a code; the number itself where it has none. */
    public String text(int code) {
        return texts.getOrDefault(code, Integer.toString(code));
    }
}
