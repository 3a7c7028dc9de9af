package org.openrtd.console.internal;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.openrtd.feed.NumericSettings;
import org.openrtd.feed.Replica;
import org.openrtd.feed.RoleStatus;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;
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

        @AttributeDefinition(
                name = "Note",
                description = "A line that mode screen shows below the tables; none by default")
        String note() default "";
    }

    private static final Logger LOG = LoggerFactory.getLogger(LiveScreen.class);

    /** Settings that have been found to make sense. */
    private record Settings(
            Mode mode, long period, boolean endWhenFinished, int columns, int lines, boolean colour, String note) {

        static Settings of(Config config) {
            NumericSettings.check(Config.class, config, PID);
            Mode mode = Mode.named(config.mode());
            return new Settings(
                    mode,
                    config.periodMillis() > 0 ? config.periodMillis() : mode.periodMillis,
                    config.endWhenFinished(),
                    config.columns(),
                    config.lines(),
                    config.colour(),
                    config.note().strip());
        }
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    private volatile List<Replica> replicas;

    private final BundleContext context;
    private final Node node;
    private final PrintStream out;
    private final Thread thread;

    /** {@code null} until there were settings that make sense. */
    private Settings settings;

    private boolean closed;
    /** While the newest settings make no sense. */
    private ServiceRegistration<RoleStatus> status;

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
        this.out = out;
        this.thread = new Thread(this::run, "OpenRTD screen");
        thread.setDaemon(true);
        modified(config);
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
        unregisterStatus();
        try {
            settings = Settings.of(config);
            notifyAll();
        } catch (IllegalArgumentException e) {
            String problem = settings == null
                    ? "nothing is shown: " + e.getMessage()
                    : "new settings are not used: " + e.getMessage();
            LOG.error("Live screen: {}", problem);
            status = context.registerService(RoleStatus.class, new Trouble(problem), null);
        }
    }

    /** Who shows nothing says why to whoever asks for the node's status. */
    private record Trouble(String summary) implements RoleStatus {

        @Override
        public String role() {
            return "screen";
        }

        @Override
        public Map<String, String> details() {
            return Map.of();
        }
    }

    private void unregisterStatus() {
        if (status != null) {
            try {
                status.unregister();
            } catch (IllegalStateException bundleStopped) {
                // The framework has unregistered it with the bundle.
            }
            status = null;
        }
    }

    @Deactivate
    void close() throws InterruptedException {
        synchronized (this) {
            closed = true;
            unregisterStatus();
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
            Settings now;
            synchronized (this) {
                try {
                    while (!closed && settings == null) {
                        wait();
                    }
                } catch (InterruptedException e) {
                    return;
                }
                if (closed) {
                    return;
                }
                now = settings;
            }
            Mode mode = now.mode();
            if (mode != before) {
                LOG.info("Live screen: {}", mode.name().toLowerCase(Locale.ROOT));
                before = mode;
            }
            long period = now.period();
            try {
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
                    LOG.error("Cannot draw the live screen", e);
                }
            }
            synchronized (this) {
                if (!closed && settings == now) {
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
            throw new IllegalArgumentException(
                    "mode = " + name + " is none of off, screen, plain, headless: correct it in etc/" + PID + ".cfg");
        }

        String draw(Picture picture, Settings config) {
            return switch (this) {
                case OFF -> "";
                // One column stays free: writing into the last one makes terminals differ.
                case SCREEN ->
                    inPlace(new Screen(config.columns() - 1, config.lines(), config.colour())
                            .lines(picture, config.note()));
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
