package org.openrtd.gateway.replay.internal;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Map;
import org.openrtd.feed.RoleStatus;
import org.openrtd.feed.jms.LocalBroker;
import org.openrtd.gateway.CannotGoOnException;
import org.openrtd.gateway.Gateway;
import org.openrtd.gateway.GatewayRole;
import org.openrtd.gateway.GatewaySettings;
import org.openrtd.gateway.Pace;
import org.openrtd.gateway.replay.RecordedDay;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.AttributeType;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The role of a gateway that plays a recorded day. */
@Component(
        service = RoleStatus.class,
        immediate = true,
        configurationPid = ReplayGateway.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = ReplayGateway.Config.class)
public final class ReplayGateway implements RoleStatus {

    static final String PID = "org.openrtd.gateway.replay";

    private static final Logger LOG = LoggerFactory.getLogger(ReplayGateway.class);

    @ObjectClassDefinition(
            name = "OpenRTD replay gateway",
            description = "Plays one day of recorded calls to the centre.")
    @interface Config {

        @AttributeDefinition(
                name = "Gateway",
                description = "The gateway's name, which is that of its peripheral at the centre.")
        String gateway() default "replay";

        @AttributeDefinition(name = "File", description = "The recorded calls: tab-separated, plain or gzip.")
        String file() default "";

        @AttributeDefinition(name = "Day", description = "The day to play, YYMMDD: 990105 is 5 January 1999.")
        String day() default "";

        @AttributeDefinition(
                name = "Speed",
                description =
                        "Recorded seconds in each second, 1 for real time; max for as fast as the centre takes it."
                                + " May be changed while it plays.")
        String speed() default "1";

        @AttributeDefinition(name = "Zone", description = "The time zone whose wall clock the recorded times are.")
        String zone() default "Asia/Jerusalem";

        @AttributeDefinition(
                name = "Centre",
                description = "Where the centre is: local for this node, or tcp://host:port of its broker.")
        String centreUrl() default "local";

        @AttributeDefinition(
                name = "User",
                description = "A user with the role rtd-gateway at the centre; not needed for local.")
        String user() default "";

        @AttributeDefinition(name = "Password", description = "That user's password.", type = AttributeType.PASSWORD)
        String password() default "";
    }

    /** The settings, compared to see what changed. */
    private record Settings(
            String gateway,
            String file,
            String day,
            String speed,
            String zone,
            String centreUrl,
            String user,
            String password) {

        static Settings of(Config config) {
            return new Settings(
                    config.gateway(),
                    config.file(),
                    config.day(),
                    config.speed(),
                    config.zone(),
                    config.centreUrl(),
                    config.user(),
                    config.password());
        }

        Settings atSpeed(String otherSpeed) {
            return new Settings(gateway, file, day, otherSpeed, zone, centreUrl, user, password);
        }
    }

    @Reference(
            name = "localBroker",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile LocalBroker localBroker;

    private GatewayRole role;
    private Settings settings;

    @Activate
    void activate(BundleContext context, Config config) {
        role = new GatewayRole("gateway-replay", PID, context);
        settings = Settings.of(config);
        run();
    }

    /** A new speed changes the pace of what plays; anything else is another replay. */
    @Modified
    void modified(Config config) {
        Settings before = settings;
        settings = Settings.of(config);
        Gateway gateway = role.gateway();
        if (gateway != null && settings.equals(before.atSpeed(settings.speed()))) {
            try {
                double speed = Pace.parse(settings.speed());
                gateway.pace(pace -> pace.speed(speed));
                LOG.info("Gateway {} plays at speed {}", settings.gateway(), settings.speed());
            } catch (IllegalArgumentException wrong) {
                LOG.error("{} (in etc/{}.cfg); the speed stays {}", wrong.getMessage(), PID, before.speed());
                settings = before;
            }
        } else if (gateway == null || !settings.equals(before)) {
            // What could not start may find now what it lacked, though the settings are the same.
            run();
        }
    }

    @Deactivate
    void deactivate() {
        role.close();
    }

    private void run() {
        Settings now = settings;
        role.run(now.gateway(), () -> start(now));
    }

    private Gateway start(Settings now) throws CannotGoOnException {
        GatewaySettings link = GatewaySettings.of(now.gateway());
        if (now.file().isBlank()) {
            throw new IllegalArgumentException(
                    "file is missing: name a file of recorded calls, tab-separated, plain or" + " gzip");
        }
        Pace pace = Pace.of(Pace.parse(now.speed()));
        Gateway.Centre centre = Gateway.Centre.of(now.centreUrl(), now.user(), now.password());
        RecordedDay day = RecordedDay.read(
                now.gateway(), Path.of(now.file().trim()), RecordedDay.day(now.day()), zone(now.zone()));
        LOG.info("{}", day.summary());
        return Gateway.start(link, centre, () -> localBroker, day, pace);
    }

    private static ZoneId zone(String zone) {
        try {
            return ZoneId.of(zone.trim());
        } catch (DateTimeException unknown) {
            throw new IllegalArgumentException(
                    "zone '" + zone + "' is not a time zone: write one like Asia/Jerusalem", unknown);
        }
    }

    @Override
    public String role() {
        return role.role();
    }

    @Override
    public String summary() {
        return role.summary();
    }

    @Override
    public Map<String, String> details() {
        return role.details();
    }
}
