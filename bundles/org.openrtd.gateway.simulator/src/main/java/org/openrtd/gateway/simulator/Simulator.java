package org.openrtd.gateway.simulator;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Iterator;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.openrtd.events.Event;
import org.openrtd.events.Mark;
import org.openrtd.events.NumberedEvent;
import org.openrtd.gateway.EventSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A simulated contact centre as numbered events, day after day for ever. A run is one day: its date in the upper bits, the
 * settings' hash in the lower ones. So a simulator that was restarted with the same settings knows from what the centre
 * holds which day it was in, makes that day again and goes on.
 */
public final class Simulator implements EventSource {

    private static final Logger LOG = LoggerFactory.getLogger(Simulator.class);

    private final SimulatorSettings settings;
    private final ContactCentre centre;
    private final Supplier<LocalDate> today;
    private final LongConsumer startTime;
    private boolean started;

    /**
     * @param today the date of the first day where there is none to go on with
     * @param startTime is told, once, the time (UTC ms) before which events are to be folded in at once
     */
    public Simulator(SimulatorSettings settings, Supplier<LocalDate> today, LongConsumer startTime) {
        this.settings = settings;
        this.centre = new ContactCentre(settings);
        this.today = today;
        this.startTime = startTime;
    }

    @Override
    public Iterator<NumberedEvent> after(Mark held, long controllerTime) {
        LocalDate date = goesOn(held) ? date(held.run()) : first(held, controllerTime);
        if (!started) {
            started = true;
            startTime.accept(SimulatedDay.at(settings, date, settings.startTime()));
            LOG.info(
                    "Simulator {}: {} {} with {} agents and {} calls in the busiest hour, seed {}",
                    settings.gateway(),
                    goesOn(held) ? "goes on with" : "begins",
                    date,
                    settings.agents(),
                    settings.callsPerHour(),
                    settings.seed());
        }
        return from(date);
    }

    private boolean goesOn(Mark held) {
        return held.number() > 0 && (held.run() & 0xFFFF_FFFFL) == settings.hash();
    }

    /** The first day that is not before today, nor before what the centre holds: its clock never goes back. */
    private LocalDate first(Mark held, long controllerTime) {
        LocalDate date = today.get();
        if (held.run() >= run(date)) {
            date = date(held.run()).plusDays(1);
        }
        if (SimulatedDay.begin(settings, date) < controllerTime) {
            LocalDate now =
                    Instant.ofEpochMilli(controllerTime).atZone(settings.zone()).toLocalDate();
            date = SimulatedDay.begin(settings, now) < controllerTime ? now.plusDays(1) : now;
            LOG.warn(
                    "Simulator {}: the controller's clock is at {} already and never goes back, so the first simulated day is"
                            + " {}. Where only this gateway moves the clock, the centre needs clock = gateway",
                    settings.gateway(),
                    Instant.ofEpochMilli(controllerTime),
                    date);
        }
        return date;
    }

    /** The run of a day. */
    public long run(LocalDate date) {
        return date.toEpochDay() << 32 | settings.hash();
    }

    private static LocalDate date(long run) {
        // Runs of other gateways under the same name may hold any number.
        return LocalDate.ofEpochDay(Math.min(run >>> 32, 2_000_000));
    }

    /** All events from the beginning of that day on; it never ends. */
    public Iterator<NumberedEvent> from(LocalDate first) {
        return new Iterator<>() {
            private LocalDate date = first;
            private Iterator<Event> day = new SimulatedDay(settings, centre, date);
            private long number;

            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public NumberedEvent next() {
                if (!day.hasNext()) {
                    date = date.plusDays(1);
                    day = new SimulatedDay(settings, centre, date);
                    number = 0;
                }
                return new NumberedEvent(settings.gateway(), run(date), ++number, day.next());
            }
        };
    }
}
