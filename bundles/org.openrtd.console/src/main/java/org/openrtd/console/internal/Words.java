package org.openrtd.console.internal;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.support.CommandException;

/**
 * Lets options stand after arguments, as people type them: {@code rtd:show Agent --limit 3}. Karaf takes whatever comes
 * after the first argument for an argument; commands take all of these as one list and hand it over to this class.
 */
final class Words {

    private Words() {}

    /** Sets the options among the words of a command; answers its one argument, or {@code null} when there is none. */
    static String apply(List<String> words, RtdCommand command, String argument) throws CommandException {
        List<String> found = arguments(words, command);
        if (found.size() > 1) {
            throw new CommandException(
                    "One " + argument + " at a time, not " + Text.harmless(found.get(0) + " and " + found.get(1)));
        }
        return found.isEmpty() ? null : found.get(0);
    }

    /** Sets the options among the words of a command; answers its arguments. */
    static List<String> arguments(List<String> words, RtdCommand command) throws CommandException {
        Map<String, Field> options = options(command.getClass());
        List<String> found = new ArrayList<>();
        for (int i = 0; words != null && i < words.size(); i++) {
            String word = words.get(i);
            if (!word.startsWith("-")) {
                found.add(word);
                continue;
            }
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            Field field = options.get(name);
            if (field == null) {
                throw new CommandException("There is no option " + Text.harmless(name) + "."
                        + Suggestions.didYouMean(name, options.keySet()) + " --help lists them");
            }
            String value = equals < 0 ? null : word.substring(equals + 1);
            if (value == null && field.getType() != boolean.class) {
                if (++i == words.size()) {
                    throw new CommandException("Option " + name + " needs a value");
                }
                value = words.get(i);
            }
            set(command, field, name, value);
        }
        return found;
    }

    /** The options of a command, by name. */
    static Map<String, Field> options(Class<?> command) {
        Map<String, Field> options = new LinkedHashMap<>();
        for (Field field : command.getDeclaredFields()) {
            Option option = field.getAnnotation(Option.class);
            if (option != null) {
                options.put(option.name(), field);
            }
        }
        return options;
    }

    @SuppressWarnings("unchecked")
    private static void set(RtdCommand command, Field field, String name, String value) throws CommandException {
        try {
            if (field.getType() == boolean.class) {
                field.setBoolean(command, value == null || Boolean.parseBoolean(value));
            } else if (field.getType() == List.class) {
                List<String> values = (List<String>) field.get(command);
                values = values == null ? new ArrayList<>() : new ArrayList<>(values);
                values.add(value);
                field.set(command, values);
            } else if (field.getType() == String.class) {
                field.set(command, value);
            } else {
                field.set(command, Integer.valueOf(value));
            }
        } catch (NumberFormatException e) {
            throw new CommandException(name + " takes a whole number, not " + Text.harmless(value));
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
