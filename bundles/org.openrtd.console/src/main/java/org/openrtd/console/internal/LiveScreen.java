package org.openrtd.console.internal;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.openrtd.feed.Replica;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows the node's live tables on the standard output of its process, as {@code etc/org.openrtd.screen.cfg} says; off
 * unless it says so. Whoever starts the process with {@code mode=screen} owns the terminal: the alternate screen and the
 * cursor are theirs to set and restore.
 */
@Component(service = LiveScreen.class, immediate = true, configurationPid = LiveScreen.PID)
@Designate(ocd = LiveScreen.Config.class)
public final class LiveScreen {

    static final String PID = "org.openrtd.screen";

    @ObjectClassDefinition(
            name = "Live screen",
            description = "Shows the node's live tables on the standard output of its process.")
    @interface Config {

        @AttributeDefinition(
                name = "Mode",
                description = "off; screen: refreshed in place on a terminal; plain: the tables again and again, for"
                        + " pipes; headless: one line every period",
                options = {
                    @Option(value = "off"),
                    @Option(value = "screen"),
                    @Option(value = "plain"),
                    @Option(value = "headless")
                })
        String mode() default "off";

        @AttributeDefinition(
                name = "Period",
                description = "Milliseconds between two pictures; 0 for what suits the mode: screen 500, plain 5000,"
                        + " headless 3000",
                min = "0")
        long periodMillis() default 0;

        @AttributeDefinition(
                name = "End when finished",
                description =
                        "Whether the node stops, with exit status 0, when every gateway's source has ended and all"
                                + " of it is here")
        boolean endWhenFinished() default false;

        @AttributeDefinition(name = "Columns", description = "The width of the terminal in characters", min = "20")
        int columns() default 100;

        @AttributeDefinition(name = "Lines", description = "The height of the terminal in lines", min = "5")
        int lines() default 30;

        @AttributeDefinition(name = "Colour", description = "Whether mode screen uses colours")
        boolean colour() default true;
    }

    private static final Logger LOG = LoggerFactory.getLogger(LiveScreen.class);

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    private volatile List<Replica> replicas;

    private final BundleContext context;
    private final Node node;
    private final PrintStream out;
    private final Thread thread;

    private Config config;
    private boolean closed;

    @Activate
    public LiveScreen(BundleContext context, @Reference(name = "node") Node node, Config config) {
        // Not System.out, which the shell redirects by thread.
        this(
                context,
                node,
                config,
                new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8));
    }

    LiveScreen(BundleContext context, Node node, Config config, PrintStream out) {
        this.context = context;
        this.node = node;
        this.config = config;
        this.out = out;
        this.thread = new Thread(this::run, "OpenRTD screen");
        thread.setDaemon(true);
    }

    /** For tests, where nobody injects them. */
    void replicas(List<Replica> all) {
        replicas = all;
    }

    @Activate
    void start() {
        thread.start();
    }

    @Modified
    synchronized void modified(Config config) {
        this.config = config;
        notifyAll();
    }

    @Deactivate
    void close() throws InterruptedException {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        thread.join(1_000);
    }

    private void run() {
        long lastPicture = 0;
        boolean first = true;
        String complained = "";
        Mode before = null;
        while (true) {
            Config now;
            synchronized (this) {
                if (closed) {
                    return;
                }
                now = config;
            }
            Mode mode = Mode.named(now.mode());
            if (mode != before) {
                LOG.info("Live screen: {}", mode.name().toLowerCase(Locale.ROOT));
                before = mode;
            }
            long period = mode.periodMillis;
            try {
                // In here, since reading what is no number throws.
                period = now.periodMillis() > 0 ? now.periodMillis() : period;
                if (mode != Mode.OFF) {
                    Picture picture = Picture.take(node.name(), node.site(), List.copyOf(replicas));
                    boolean over = now.endWhenFinished() && picture.finished();
                    if (first || over || (System.nanoTime() - lastPicture) / 1_000_000 >= period) {
                        lastPicture = System.nanoTime();
                        first = false;
                        out.print(mode.draw(picture, now));
                        out.flush();
                    }
                    if (over) {
                        out.println(overLine(picture));
                        out.flush();
                        stopNode("every gateway's source has ended and all of it is here");
                        return;
                    }
                    if (out.checkError()) {
                        stopNode("nobody reads its standard output any more");
                        return;
                    }
                }
            } catch (RuntimeException e) {
                // The next picture may well succeed; the same complaint is made once.
                if (!complained.equals(e.toString())) {
                    complained = e.toString();
                    if (e.getCause() instanceof NumberFormatException typo) {
                        LOG.error("Nothing is shown: a number in etc/{}.cfg is none ({})", PID, typo.getMessage());
                    } else {
                        LOG.error("Cannot draw the live screen", e);
                    }
                }
            }
            synchronized (this) {
                if (!closed && config == now) {
                    try {
                        wait(mode == Mode.OFF ? 0 : now.endWhenFinished() ? Math.min(period, 500) : period);
                    } catch (InterruptedException e) {
                        return;
                    }
                }
            }
        }
    }

    private static String overLine(Picture picture) {
        return picture.feeds().stream()
                .map(feed -> feed.name() + " " + feed.position())
                .collect(Collectors.joining(", ", "The day is over and all of it is here: ", "."));
    }

    private void stopNode(String why) {
        LOG.info("The live screen stops this node: {}", why);
        try {
            // Returns at once; the process ends with status 0 when all bundles have stopped.
            context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).stop();
        } catch (BundleException e) {
            LOG.error("Cannot stop this node", e);
        }
    }

    enum Mode {
        OFF(0),
        SCREEN(500),
        PLAIN(5_000),
        HEADLESS(3_000);

        private final long periodMillis;

        Mode(long periodMillis) {
            this.periodMillis = periodMillis;
        }

        static Mode named(String name) {
            for (Mode mode : values()) {
                if (mode.name().equalsIgnoreCase(name.strip())) {
                    return mode;
                }
            }
            LOG.error(
                    "etc/{}.cfg: mode is '{}', which is none of off, screen, plain, headless; taken as off", PID, name);
            return OFF;
        }

        String draw(Picture picture, Config config) {
            return switch (this) {
                case OFF -> "";
                // One column stays free: writing into the last one makes terminals differ.
                case SCREEN ->
                    inPlace(new Screen(config.columns() - 1, config.lines(), config.colour()).lines(picture));
                case PLAIN ->
                    String.join("\n", new Screen(config.columns(), Integer.MAX_VALUE, false).lines(picture)) + "\n\n";
                case HEADLESS -> Screen.line(picture) + "\n";
            };
        }
    }

    /** Overwrites what stands on the terminal, line by line, so that nothing flickers. */
    static String inPlace(List<String> lines) {
        return "\033[H" + String.join("\033[K\r\n", lines) + "\033[K\033[J";
    }
}
