package org.openrtd.gateway.simulator.internal;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import org.openrtd.feed.NumericSettings;
import org.openrtd.feed.jms.LocalBroker;
import org.openrtd.gateway.GatewayRole;
import org.openrtd.gateway.simulator.Simulator;
import org.openrtd.gateway.simulator.SimulatorSettings;
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

/** The role of a gateway that simulates a contact centre. */
@Component(
        service = {},
        immediate = true,
        configurationPid = SimulatorGateway.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = SimulatorGateway.Config.class)
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"org.openrtd.feed.RoleStatus\"")
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"javax.management.DynamicMBean\"")
public final class SimulatorGateway {

    static final String PID = "org.openrtd.gateway.simulator";

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

    @Reference(
            name = "localBroker",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile LocalBroker localBroker;

    private GatewayRole<SimulatorSettings> role;

    @Activate
    void activate(BundleContext context, Config config) {
        role = new GatewayRole<>(
                "gateway-simulator",
                PID,
                context,
                () -> localBroker,
                (gateway, simulated, pace) ->
                        new Simulator(simulated, () -> LocalDate.now(simulated.zone()), pace::startAt));
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
                    new SimulatorSettings(
                            config.gateway(),
                            config.seed(),
                            config.agents(),
                            config.callsPerHour(),
                            config.callTypes(),
                            config.skillGroups(),
                            config.skillGroupsPerAgent(),
                            zone(config.zone()),
                            time(config.startTime())));
        });
    }

    @Deactivate
    void deactivate() {
        role.close();
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
}
