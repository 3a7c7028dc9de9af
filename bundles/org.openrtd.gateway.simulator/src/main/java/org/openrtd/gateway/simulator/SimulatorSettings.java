package org.openrtd.gateway.simulator;

import java.time.LocalTime;
import java.time.ZoneId;

/**
 * What contact centre is simulated.
 *
 * @param gateway the gateway's name, which is that of the simulated peripheral
 * @param seed another seed, other days
 * @param agents employed agents; not all of them work at the same time
 * @param callsPerHour calls in the busiest hour; 15 for each agent keep a centre busy
 * @param callTypes kinds of calls
 * @param skillGroups groups that calls are queued to
 * @param skillGroupsPerAgent on average
 * @param zone where the centre stands
 * @param startTime before this time of its first day a simulator is done at once; from then on it runs at its speed
 */
public record SimulatorSettings(
        String gateway,
        long seed,
        int agents,
        int callsPerHour,
        int callTypes,
        int skillGroups,
        int skillGroupsPerAgent,
        ZoneId zone,
        LocalTime startTime) {

    /** From then on calls come in; agents log in from a quarter of an hour before. */
    public static final LocalTime OPENS = LocalTime.of(8, 0);

    /** From then on no more calls come in; those that are there are still taken. */
    public static final LocalTime CLOSES = LocalTime.of(20, 0);

    /** A simulated day lasts until the next one begins. */
    public static final LocalTime DAY_BEGINS = LocalTime.of(7, 45);

    /** Raised when the same settings begin to give other events, which are then another run. */
    private static final int GENERATOR = 2;

    public SimulatorSettings {
        between("agents", agents, 1, 100_000);
        between("callsPerHour", callsPerHour, 1, 5_000_000);
        between("callTypes", callTypes, 1, 1_000);
        between("skillGroups", skillGroups, 1, 1_000);
        between("skillGroupsPerAgent", skillGroupsPerAgent, 1, Math.min(50, skillGroups));
        if (startTime.isBefore(OPENS) || startTime.isAfter(LocalTime.of(23, 59))) {
            throw new IllegalArgumentException("startTime " + startTime + " is not between " + OPENS + " and 23:59");
        }
    }

    /** A centre of medium size: 40 agents, 600 calls in the busiest hour, 6 call types, 5 skill groups. */
    public static SimulatorSettings of(String gateway, long seed, ZoneId zone) {
        return new SimulatorSettings(gateway, seed, 40, 600, 6, 5, 2, zone, LocalTime.of(10, 30));
    }

    private static void between(String name, int value, int from, int to) {
        if (value < from || value > to) {
            throw new IllegalArgumentException(name + " " + value + " is not between " + from + " and " + to);
        }
    }

    /** 32 bits that differ where the simulated days differ. */
    long hash() {
        return Dice.mix(
                        GENERATOR,
                        seed,
                        agents,
                        callsPerHour,
                        callTypes,
                        skillGroups,
                        skillGroupsPerAgent,
                        zone.getId().hashCode())
                & 0xFFFF_FFFFL;
    }
}
