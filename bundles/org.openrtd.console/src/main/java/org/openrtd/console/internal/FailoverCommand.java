package org.openrtd.console.internal;

import java.util.ArrayList;
import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.CommandException;
import org.openrtd.feed.SourceChooser;

@Service
@Command(
        scope = "rtd",
        name = "failover",
        description = "Has this node follow another of its sources, and stay there.",
        detailedDescription = "classpath:failover.txt")
public class FailoverCommand extends RtdCommand {

    @Argument(name = "role", description = "The role that is to change over; all that can, unless it is named.")
    @Completion(FailoverCompleter.class)
    String role;

    @Override
    Object run() throws CommandException {
        List<SourceChooser> all = services(context, SourceChooser.class);
        if (all.isEmpty()) {
            throw new CommandException("No role of this node follows a source; rtd:status shows its roles");
        }
        List<SourceChooser> choosers = all.stream()
                .filter(chooser -> role == null || chooser.role().equals(role))
                .toList();
        if (choosers.isEmpty()) {
            throw new CommandException(
                    "No role " + Text.harmless(role) + " of this node follows a source; those that do: "
                            + list(all.stream()
                                    .map(SourceChooser::role)
                                    .distinct()
                                    .sorted()
                                    .toList()));
        }
        List<String> problems = new ArrayList<>();
        for (SourceChooser chooser : choosers) {
            try {
                System.out.println(chooser.role() + " changes over with " + list(chooser.failover())
                        + "; rtd:status shows what it follows now");
            } catch (IllegalStateException e) {
                problems.add(chooser.role() + ": " + Text.harmless(e.getMessage()));
            }
        }
        // A node may have roles that have one source, beside the one that is meant.
        if (problems.size() == choosers.size()) {
            throw new CommandException(String.join("\n", problems));
        }
        problems.forEach(System.out::println);
        return null;
    }
}
