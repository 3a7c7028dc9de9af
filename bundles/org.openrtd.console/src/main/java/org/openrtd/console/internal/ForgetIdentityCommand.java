package org.openrtd.console.internal;

import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.CommandException;
import org.openrtd.feed.IdentityKeeper;

@Service
@Command(
        scope = "rtd",
        name = "forget-identity",
        description = "Drops rows that are refused because they belong to another central database, and follows anew.",
        detailedDescription = "classpath:forget-identity.txt")
public class ForgetIdentityCommand extends RtdCommand {

    @Override
    Object run() throws CommandException {
        boolean forgot = false;
        for (IdentityKeeper keeper : services(context, IdentityKeeper.class)) {
            List<String> feeds = keeper.forgetIdentity();
            if (!feeds.isEmpty()) {
                forgot = true;
                System.out.println(keeper.role() + " has forgotten its rows of " + list(feeds) + " and follows anew");
            }
        }
        if (!forgot) {
            throw new CommandException("Nothing was forgotten: no feed of this node is refused because its rows belong"
                    + " to another central database; rtd:status shows each feed's state");
        }
        return null;
    }
}
