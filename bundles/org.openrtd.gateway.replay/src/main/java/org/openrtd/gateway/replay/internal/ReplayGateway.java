package org.openrtd.gateway.replay.internal;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import org.openrtd.feed.NumericSettings;
import org.openrtd.feed.jms.LocalBroker;
import org.openrtd.gateway.CannotGoOnException;
import org.openrtd.gateway.GatewayRole;
import org.openrtd.gateway.Pace;
import org.openrtd.gateway.replay.RecordedDay;
import org.osgi.annotation.bundle.Capability;
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
        service = {},
        immediate = true,
        configurationPid = ReplayGateway.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = ReplayGateway.Config.class)
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"org.openrtd.feed.RoleStatus\"")
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"javax.management.DynamicMBean\"")
public final class ReplayGateway {

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

    /** What is played. */
    private record Recording(String file, String day, String zone) {}

    @Reference(
            name = "localBroker",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile LocalBroker localBroker;

    private GatewayRole<Recording> role;

    @Activate
    void activate(BundleContext context, Config config) {
        role = new GatewayRole<>("gateway-replay", PID, context, () -> localBroker, ReplayGateway::day);
        modified(config);
    }

    @Modified
    void modified(Config config) {
        role.settings(() -> {
            NumericSettings.check(Config.class, config, PID);
            return new GatewayRole.Settings<>(
                    config.gateway(),
                    config.speed(),
                    config.centreUrl(),
                    config.user(),
                    config.password(),
                    new Recording(config.file(), config.day(), config.zone()));
        });
    }

    @Deactivate
    void deactivate() {
        role.close();
    }

    private static RecordedDay day(String gateway, Recording recording, Pace pace) throws CannotGoOnException {
        if (recording.file().isBlank()) {
            throw new IllegalArgumentException(
                    "file is missing: name a file of recorded calls, tab-separated, plain or gzip");
        }
        RecordedDay day = RecordedDay.read(
                gateway, Path.of(recording.file().trim()), RecordedDay.day(recording.day()), zone(recording.zone()));
        LOG.info("{}", day.summary());
        return day;
    }

    private static ZoneId zone(String zone) {
        try {
            return ZoneId.of(zone.trim());
        } catch (DateTimeException unknown) {
            throw new IllegalArgumentException(
                    "zone '" + zone + "' is not a time zone: write one like Asia/Jerusalem", unknown);
        }
    }
}
