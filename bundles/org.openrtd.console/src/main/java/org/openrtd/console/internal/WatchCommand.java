package org.openrtd.console.internal;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PrintWriter;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.CommandException;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.utils.NonBlockingReader;

@Service
@Command(
        scope = "rtd",
        name = "watch",
        description = "Shows call types and agents live, refreshed in place, until a key is pressed.",
        detailedDescription = "classpath:watch.txt")
public class WatchCommand extends RtdCommand {

    private static final String ENTER = "\033[?1049h\033[?25l";
    private static final String LEAVE = "\033[?25h\033[?1049l";

    @Option(name = "--period", description = "Milliseconds between two pictures. By default 500, for pipes 5000.")
    long periodMillis;

    @Option(name = "--count", description = "How many pictures to show where there is no terminal; 0 for no end.")
    int count;

    @Override
    Object run() throws CommandException, IOException, InterruptedException {
        if (periodMillis < 0 || count < 0) {
            throw new CommandException("--period and --count are not negative");
        }
        Terminal terminal = terminal();
        if (terminal == null || count > 0) {
            lines();
        } else {
            inPlace(terminal, periodMillis == 0 ? 500 : periodMillis);
        }
        return null;
    }

    private void inPlace(Terminal terminal, long period) throws CommandException, IOException {
        Node node = node();
        Thread reading = Thread.currentThread();
        Terminal.SignalHandler before = terminal.handle(Terminal.Signal.INT, signal -> reading.interrupt());
        Attributes attributes = terminal.enterRawMode();
        PrintWriter out = terminal.writer();
        out.print(ENTER);
        try {
            do {
                // The size each time: people resize their windows.
                Screen screen = new Screen(terminal.getWidth() - 1, terminal.getHeight() - 1, true);
                var lines = new java.util.ArrayList<>(screen.lines(Picture.take(node.name(), node.site(), replicas())));
                lines.add("\033[2mAny key ends.\033[0m");
                out.print(LiveScreen.inPlace(lines));
                out.flush();
            } while (terminal.reader().read(period) == NonBlockingReader.READ_EXPIRED);
        } catch (InterruptedIOException ended) {
            // By ctrl-c.
        } finally {
            out.print(LEAVE);
            out.flush();
            terminal.setAttributes(attributes);
            terminal.handle(Terminal.Signal.INT, before);
        }
    }

    private void lines() throws CommandException, InterruptedException {
        Node node = node();
        for (int shown = 1; ; shown++) {
            Picture picture = Picture.take(node.name(), node.site(), replicas());
            new Screen(100, Integer.MAX_VALUE, false).lines(picture).forEach(System.out::println);
            System.out.println();
            System.out.flush();
            if (shown == count) {
                return;
            }
            Thread.sleep(periodMillis == 0 ? 5_000 : periodMillis);
        }
    }
}
