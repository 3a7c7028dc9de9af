package org.openrtd.feed;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the number in a component's settings that is none, and names it as it stands in the file. */
public final class NumericSettings {

    // What the container throws when such a setting is read ends in: For input string: "abc"
    private static final Pattern INPUT = Pattern.compile("For input string: \"(.*?)\"");

    private NumericSettings() {}

    /**
     * Reads each setting that is a number.
     *
     * @param type the interface that describes the settings
     * @param pid the file's name
     * @return the same settings, all numbers of which can be read
     * @throws IllegalArgumentException when one cannot; the message names key, value and file
     */
    public static <T> T check(Class<T> type, T settings, String pid) {
        for (Method setting : type.getDeclaredMethods()) {
            Class<?> number = setting.getReturnType();
            if (number != int.class && number != long.class && number != double.class) {
                continue;
            }
            try {
                setting.setAccessible(true);
                setting.invoke(settings);
            } catch (InvocationTargetException e) {
                Matcher input = INPUT.matcher(String.valueOf(e.getCause().getMessage()));
                String value =
                        input.find() ? input.group(1) : "(" + e.getCause().getMessage() + ")";
                throw new IllegalArgumentException(
                        setting.getName() + " = " + value + " is not a number that fits: correct it in etc/" + pid
                                + ".cfg",
                        e.getCause());
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        }
        return settings;
    }
}
