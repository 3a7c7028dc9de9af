package org.openrtd.gateway.simulator.internal;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Map;
import org.openrtd.feed.RoleStatus;
import org.openrtd.feed.jms.LocalBroker;
import org.openrtd.feed.jms.NumericSettings;
import org.openrtd.gateway.Gateway;
import org.openrtd.gateway.GatewayRole;
import org.openrtd.gateway.GatewaySettings;
import org.openrtd.gateway.Pace;
import org.openrtd.gateway.simulator.Simulator;
import org.openrtd.gateway.simulator.SimulatorSettings;
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

/** The role of a gateway that simulates a contact centre. */
@Component(
        service = RoleStatus.class,
        immediate = true,
        configurationPid = SimulatorGateway.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = SimulatorGateway.Config.class)
public final class SimulatorGateway implements RoleStatus {

    static final String PID = "org.openrtd.gateway.simulator";

    private static final Logger LOG = LoggerFactory.getLogger(SimulatorGateway.class);

    @ObjectClassDefinition(
            name = "OpenRTD simulator gateway",
            description = "Simulates a contact centre and sends its events to the centre.")
    @interface Config {

        @AttributeDefinition(
                name = "Gateway",
                description = "The gateway's name, which is that of its peripheral at the centre.")
        String gateway() default "simulator";

        @AttributeDefinition(name = "Seed", description = "Another seed, other days; the same seed, the same days.")
        long seed() default 1;

        @AttributeDefinition(
                name = "Agents",
                description = "Employed agents; not all work at the same time.",
                min = "1")
        int agents() default 40;

        @AttributeDefinition(
                name = "Calls per hour",
                description = "Calls in the busiest hour; 15 for each agent keep the centre busy.",
                min = "1")
        int callsPerHour() default 600;

        @AttributeDefinition(name = "Call types", description = "Kinds of calls.", min = "1")
        int callTypes() default 6;

        @AttributeDefinition(name = "Skill groups", description = "Groups that calls are queued to.", min = "1")
        int skillGroups() default 5;

        @AttributeDefinition(
                name = "Skill groups per agent",
                description = "On average; at most as many as there are.",
                min = "1")
        int skillGroupsPerAgent() default 2;

        @AttributeDefinition(
                name = "Start time",
                description = "The time of the first simulated day at which it starts to run at its speed, HH:MM; what"
                        + " came before is folded in at once.")
        String startTime() default "10:30";

        @AttributeDefinition(
                name = "Speed",
                description =
                        "Simulated seconds in each second, 1 for real time; max for as fast as the centre takes it."
                                + " May be changed while it runs.")
        String speed() default "1";

        @AttributeDefinition(
                name = "Zone",
                description = "The time zone in which the simulated centre stands; empty for the node's own.")
        String zone() default "";

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
            long seed,
            int agents,
            int callsPerHour,
            int callTypes,
            int skillGroups,
            int skillGroupsPerAgent,
            String startTime,
            String speed,
            String zone,
            String centreUrl,
            String user,
            String password) {

        static Settings of(Config config) {
            return new Settings(
                    config.gateway(),
                    config.seed(),
                    config.agents(),
                    config.callsPerHour(),
                    config.callTypes(),
                    config.skillGroups(),
                    config.skillGroupsPerAgent(),
                    config.startTime(),
                    config.speed(),
                    config.zone(),
                    config.centreUrl(),
                    config.user(),
                    config.password());
        }

        Settings atSpeed(String other) {
            return new Settings(
                    gateway,
                    seed,
                    agents,
                    callsPerHour,
                    callTypes,
                    skillGroups,
                    skillGroupsPerAgent,
                    startTime,
                    other,
                    zone,
                    centreUrl,
                    user,
                    password);
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
        role = new GatewayRole("gateway-simulator", PID, context);
        settings = Settings.of(NumericSettings.check(Config.class, config, PID));
        run();
    }

    /** A new speed changes the pace of what runs; anything else is another simulation. */
    @Modified
    void modified(Config config) {
        Settings before = settings;
        settings = Settings.of(NumericSettings.check(Config.class, config, PID));
        Gateway gateway = role.gateway();
        if (gateway != null && settings.equals(before.atSpeed(settings.speed()))) {
            try {
                double speed = Pace.parse(settings.speed());
                gateway.pace(pace -> pace.speed(speed));
                LOG.info("Gateway {} runs at speed {}", settings.gateway(), settings.speed());
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

    private Gateway start(Settings now) {
        ZoneId zone = zone(now.zone());
        SimulatorSettings simulated = new SimulatorSettings(
                now.gateway(),
                now.seed(),
                now.agents(),
                now.callsPerHour(),
                now.callTypes(),
                now.skillGroups(),
                now.skillGroupsPerAgent(),
                zone,
                time(now.startTime()));
        Pace pace = Pace.of(Pace.parse(now.speed()));
        Gateway.Centre centre = Gateway.Centre.of(now.centreUrl(), now.user(), now.password());
        Simulator simulator = new Simulator(simulated, () -> LocalDate.now(zone), pace::startAt);
        return Gateway.start(GatewaySettings.of(now.gateway()), centre, () -> localBroker, simulator, pace);
    }

    private static LocalTime time(String time) {
        try {
            return LocalTime.parse(time.trim());
        } catch (DateTimeException wrong) {
            throw new IllegalArgumentException(
                    "startTime '" + time + "' is not a time of day: write one like 10:30", wrong);
        }
    }

    private static ZoneId zone(String zone) {
        try {
            return zone.isBlank() ? ZoneId.systemDefault() : ZoneId.of(zone.trim());
        } catch (DateTimeException unknown) {
            throw new IllegalArgumentException(
                    "zone '" + zone
                            + "' is not a time zone: write one like Europe/Berlin, or nothing for the node's own",
                    unknown);
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
