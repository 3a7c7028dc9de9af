package org.openrtd.statistics;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * The whole state, written and read. What follows from the rest, such as numbers of calls and agents, is not written but
 * made again. Times are written as distances from the controller's, which are short.
 */
final class Checkpoint {

    private static final int MAGIC = 0x4F525453;
    private static final int VERSION = 1;
    private static final int END = 0x454E4421;

    private final Centre centre;

    private Checkpoint(Centre centre) {
        this.centre = centre;
    }

    // --------------------------------------------------------------------------------------------------------- write

    static void write(Centre centre, DataOutput out) throws IOException {
        out.writeInt(MAGIC);
        out.writeByte(VERSION);
        out.writeUTF(centre.zone.getId());
        new Checkpoint(centre).writeAll(out);
        out.writeInt(END);
    }

    private void writeAll(DataOutput out) throws IOException {
        Wire.writeLong(out, centre.controllerTime);
        Wire.writeLong(out, centre.configurationKey);
        Wire.writeText(out, centre.clockOwner);
        out.writeBoolean(centre.begun());
        Wire.writeLong(out, centre.begun() ? centre.second : 0);
        writeTime(out, centre.at);
        writeLive(out, centre.controller);
        Wire.writeLong(out, centre.periods.size());
        for (Period period : centre.periods.values()) {
            out.writeUTF(period.zone.getId());
            if (centre.begun()) {
                Wire.writeLong(out, period.day().toEpochDay());
                Wire.writeLong(out, period.nextHalf());
            }
        }
        Wire.writeLong(out, centre.refusals.size());
        for (Refusal refusal : centre.refusals.values()) {
            out.writeUTF(refusal.gateway());
            out.writeUTF(refusal.reason());
            Wire.writeLong(out, refusal.firstTime());
            Wire.writeLong(out, refusal.count());
        }
        Wire.writeLong(out, centre.gateways.size());
        for (Gateway gateway : centre.gateways.values()) {
            writeGateway(out, gateway);
        }
        Wire.writeLong(out, centre.callTypes.size());
        for (CallType callType : centre.callTypes.values()) {
            writeAggregate(out, callType);
            Wire.writeLong(out, callType.abandonWait);
            out.writeBoolean(centre.callTypesByName.get(callType.name) == callType);
        }
        Wire.writeLong(out, centre.groups.size());
        for (SkillGroup group : centre.groups.values()) {
            writeAggregate(out, group);
            Wire.writeLong(out, group.peripheralId);
            Wire.writeText(out, group.peripheralName);
            Wire.writeLong(out, group.mediaRoutingDomain);
            out.writeUTF(group.period.zone.getId());
            group.times.writeTo(out);
            Gateway gateway = centre.gateways.get(group.peripheralId);
            out.writeBoolean(gateway != null && gateway.groups.get(group.peripheralName) == group);
        }
        Wire.writeLong(out, centre.agents.size());
        for (Agent agent : centre.agents.values()) {
            writeAgent(out, agent);
        }
        for (Gateway gateway : centre.gateways.values()) {
            Wire.writeLong(out, gateway.calls.size());
            for (Call call : gateway.calls.values()) {
                writeCall(out, call);
            }
        }
    }

    private void writeLive(DataOutput out, Live live) throws IOException {
        out.writeByte((live.touched ? 1 : 0) | (live.gone ? 2 : 0));
        writeTime(out, live.dateTime);
    }

    private void writeGateway(DataOutput out, Gateway gateway) throws IOException {
        Wire.writeLong(out, gateway.id);
        writeLive(out, gateway);
        Wire.writeText(out, gateway.name);
        Wire.writeText(out, gateway.timeZone);
        Wire.writeText(out, gateway.state);
        Wire.writeText(out, gateway.reason);
        writeTime(out, gateway.lastHeard);
        Wire.writeLong(out, gateway.accepted);
        Wire.writeLong(out, gateway.refused);
        Wire.writeLong(out, gateway.untidy);
        Wire.writeLong(out, gateway.callsClosed);
        Wire.writeLong(out, gateway.agentsClosed);
        Wire.writeText(out, gateway.lastRefusal);
        out.writeBoolean(gateway.hidden);
        writeTime(out, gateway.hiddenAt);
        out.writeBoolean(gateway.picturing);
        Wire.writeLong(out, gateway.picture);
        out.writeBoolean(centre.gatewaysByName.get(gateway.name) == gateway);
    }

    private void writeAggregate(DataOutput out, Aggregate aggregate) throws IOException {
        Wire.writeLong(out, aggregate.id);
        writeLive(out, aggregate);
        Wire.writeText(out, aggregate.name);
        Wire.writeLong(out, aggregate.threshold);
        Wire.writeLong(out, aggregate.serviceLevelType);
        aggregate.counters.writeTo(out);
    }

    private void writeAgent(DataOutput out, Agent agent) throws IOException {
        Wire.writeLong(out, agent.id);
        writeLive(out, agent);
        Wire.writeText(out, agent.number);
        Wire.writeLong(out, agent.peripheralId);
        out.writeBoolean(agent.gateway != null && agent.gateway.agents.get(agent.number) == agent);
        Wire.writeLong(out, agent.mediaRoutingDomain);
        out.writeBoolean(agent.loggedIn);
        Wire.writeText(out, agent.extension);
        writeTime(out, agent.loginAt);
        Wire.writeLong(out, agent.chosen);
        Wire.writeLong(out, agent.reason);
        Wire.writeLong(out, agent.state);
        writeTime(out, agent.stateAt);
        writeTime(out, agent.tasksAt);
        Wire.writeLong(out, agent.workGroup == null ? 0 : agent.workGroup.id);
        Wire.writeLong(out, agent.seen);
        Wire.writeLong(out, agent.members.size());
        for (Member member : agent.members) {
            Wire.writeLong(out, member.group.id);
            writeLive(out, member);
            out.writeByte((member.configured ? 1 : 0) | (member.loggedIn ? 2 : 0));
            writeTime(out, member.loginAt);
            Wire.writeLong(out, member.state);
            writeTime(out, member.stateAt);
        }
    }

    private void writeCall(DataOutput out, Call call) throws IOException {
        out.writeUTF(call.name);
        Wire.writeLong(out, call.type.id);
        out.writeByte(call.status.ordinal());
        writeTime(out, call.firstOffered);
        writeTime(out, call.offered);
        out.writeBoolean(call.everQueued);
        writeTime(out, call.ringing);
        writeTime(out, call.answered);
        writeTime(out, call.held);
        writeTime(out, call.wrapUp);
        Wire.writeLong(out, call.holdSeconds);
        Wire.writeLong(out, call.seen);
        Wire.writeLong(out, call.group == null ? 0 : call.group.id);
        Wire.writeLong(out, call.agent == null ? 0 : call.agent.id);
        Wire.writeLong(out, call.agent == null ? 0 : call.agent.calls.indexOf(call));
        writeWait(out, call);
        Wire.writeLong(out, call.places.size());
        for (Place place : call.places) {
            Wire.writeLong(out, place.group.id);
            writeWait(out, place);
        }
    }

    private void writeWait(DataOutput out, Wait wait) throws IOException {
        out.writeByte((wait.serviceLevelDone ? 1 : 0)
                | (wait.thresholdPassed ? 2 : 0)
                | (wait.queueSpot != null ? 4 : 0)
                | (wait.dueSpot != null ? 8 : 0));
        writeTime(out, wait.queuedTime);
        Wire.writeLong(out, wait.threshold);
        if (wait.queueSpot != null) {
            writeTime(out, wait.queueSpot.time);
        }
        if (wait.dueSpot != null) {
            writeTime(out, wait.dueSpot.time);
        }
    }

    /** As a distance, 0 being kept for "never". */
    private void writeTime(DataOutput out, long time) throws IOException {
        long distance = centre.controllerTime - time;
        Wire.writeLong(out, time == 0 ? 0 : distance >= 0 ? distance + 1 : distance);
    }

    // ---------------------------------------------------------------------------------------------------------- read

    static Centre read(DataInput in) throws IOException {
        if (in.readInt() != MAGIC) {
            throw new IOException("Not a checkpoint of statistics");
        }
        int version = in.readByte();
        if (version != VERSION) {
            throw new IOException("A checkpoint of version " + version + "; this one reads version " + VERSION);
        }
        try {
            Centre centre = new Centre(ZoneId.of(in.readUTF()));
            new Checkpoint(centre).readAll(in);
            if (in.readInt() != END) {
                throw new IOException("A checkpoint without its end");
            }
            return centre;
        } catch (DateTimeException e) {
            throw new IOException("A checkpoint with a date or zone that there is not", e);
        }
    }

    /** A call in an agent's list, in its place there. */
    private record Task(Agent agent, int index, Call call) {}

    private final List<Task> tasks = new ArrayList<>();

    /** Someone in a queue, to be put there in the order of entry. */
    private record Queued(Wait who, Aggregate aggregate, long time) {}

    private final List<Queued> inQueue = new ArrayList<>();
    private final List<Queued> due = new ArrayList<>();

    private void readAll(DataInput in) throws IOException {
        centre.controllerTime = Wire.readLong(in);
        centre.configurationKey = Wire.readLong(in);
        centre.clockOwner = Wire.readText(in);
        boolean begun = in.readBoolean();
        long second = Wire.readLong(in);
        if (begun) {
            centre.second = second;
        }
        centre.at = readTime(in);
        readLive(in, centre.controller);
        int periods = Wire.readCount(in, 10_000);
        for (int i = 0; i < periods; i++) {
            Period period = centre.periods.computeIfAbsent(ZoneId.of(in.readUTF()), Period::new);
            if (begun) {
                period.restore(LocalDate.ofEpochDay(Wire.readLong(in)), Wire.readLong(in));
            }
        }
        int refusals = Wire.readCount(in, Centre.REFUSALS);
        for (int i = 0; i < refusals; i++) {
            Refusal refusal = new Refusal(in.readUTF(), in.readUTF(), Wire.readLong(in), Wire.readLong(in));
            centre.refusals.put(List.of(refusal.gateway(), refusal.reason()), refusal);
        }
        int gateways = Wire.readCount(in, Wire.MANY);
        List<Gateway> inOrder = new ArrayList<>();
        for (int i = 0; i < gateways; i++) {
            inOrder.add(readGateway(in));
        }
        int callTypes = Wire.readCount(in, Wire.MANY);
        for (int i = 0; i < callTypes; i++) {
            CallType callType = new CallType(Wire.readInt(in));
            callType.period = centre.period;
            readAggregate(in, callType);
            callType.abandonWait = Wire.readInt(in);
            centre.callTypes.put(callType.id, callType);
            if (in.readBoolean()) {
                centre.callTypesByName.put(callType.name, callType);
            }
        }
        int groups = Wire.readCount(in, Wire.MANY);
        for (int i = 0; i < groups; i++) {
            readGroup(in);
        }
        int agents = Wire.readCount(in, Wire.MANY);
        for (int i = 0; i < agents; i++) {
            readAgent(in);
        }
        for (Gateway gateway : inOrder) {
            int calls = Wire.readCount(in, Rules.MOST_CALLS);
            for (int i = 0; i < calls; i++) {
                Call call = readCall(in);
                gateway.calls.put(call.name, call);
            }
        }
        putInOrder();
    }

    private void readLive(DataInput in, Live live) throws IOException {
        int flags = in.readByte();
        live.gone = (flags & 2) != 0;
        live.dateTime = readTime(in);
        if ((flags & 1) != 0) {
            centre.touch(live);
        }
    }

    private Gateway readGateway(DataInput in) throws IOException {
        Gateway gateway = new Gateway(Wire.readInt(in));
        readLive(in, gateway);
        gateway.name = Wire.readText(in);
        gateway.timeZone = Wire.readText(in);
        gateway.state = Wire.readText(in);
        gateway.reason = Wire.readText(in);
        gateway.lastHeard = readTime(in);
        gateway.accepted = Wire.readLong(in);
        gateway.refused = Wire.readLong(in);
        gateway.untidy = Wire.readLong(in);
        gateway.callsClosed = Wire.readLong(in);
        gateway.agentsClosed = Wire.readLong(in);
        gateway.lastRefusal = Wire.readText(in);
        gateway.hidden = in.readBoolean();
        gateway.hiddenAt = readTime(in);
        gateway.picturing = in.readBoolean();
        gateway.picture = Wire.readInt(in);
        centre.gateways.put(gateway.id, gateway);
        if (in.readBoolean()) {
            centre.gatewaysByName.put(gateway.name, gateway);
        }
        return gateway;
    }

    private void readAggregate(DataInput in, Aggregate aggregate) throws IOException {
        readLive(in, aggregate);
        aggregate.name = Wire.readText(in);
        aggregate.threshold = Wire.readInt(in);
        aggregate.serviceLevelType = Wire.readInt(in);
        aggregate.counters.readFrom(in);
        centre.activate(aggregate);
    }

    private void readGroup(DataInput in) throws IOException {
        SkillGroup group = new SkillGroup(Wire.readInt(in));
        readAggregate(in, group);
        group.peripheralId = Wire.readInt(in);
        group.peripheralName = Wire.readText(in);
        group.mediaRoutingDomain = Wire.readInt(in);
        group.period = centre.periods.get(ZoneId.of(in.readUTF()));
        if (group.period == null) {
            throw new IOException("Skill group " + group.id + " is in a zone without days");
        }
        group.times.readFrom(in);
        centre.groups.put(group.id, group);
        if (in.readBoolean()) {
            found(centre.gateways, group.peripheralId, "peripheral").groups.put(group.peripheralName, group);
        }
    }

    private void readAgent(DataInput in) throws IOException {
        Agent agent = new Agent(Wire.readInt(in));
        readLive(in, agent);
        agent.number = Wire.readText(in);
        agent.peripheralId = Wire.readInt(in);
        agent.gateway = centre.gateways.get(agent.peripheralId);
        if (in.readBoolean()) {
            found(centre.gateways, agent.peripheralId, "peripheral").agents.put(agent.number, agent);
        }
        agent.mediaRoutingDomain = Wire.readInt(in);
        agent.loggedIn = in.readBoolean();
        agent.extension = Wire.readText(in);
        agent.loginAt = readTime(in);
        agent.chosen = Wire.readInt(in);
        agent.reason = Wire.readInt(in);
        agent.state = Wire.readInt(in);
        agent.stateAt = readTime(in);
        agent.tasksAt = readTime(in);
        agent.workGroup = readReference(in, centre.groups, "skill group");
        agent.seen = Wire.readInt(in);
        if (agent.loggedIn && agent.gateway != null) {
            agent.gateway.agentsLoggedOn++;
        }
        centre.agents.put(agent.id, agent);
        int members = Wire.readCount(in, Wire.MANY);
        for (int i = 0; i < members; i++) {
            Member member = new Member(agent, found(centre.groups, Wire.readInt(in), "skill group"));
            readLive(in, member);
            int flags = in.readByte();
            member.configured = (flags & 1) != 0;
            member.loggedIn = (flags & 2) != 0;
            member.loginAt = readTime(in);
            member.state = Wire.readInt(in);
            member.stateAt = readTime(in);
            agent.members.add(member);
        }
    }

    private Call readCall(DataInput in) throws IOException {
        Call call = new Call(in.readUTF());
        call.type = found(centre.callTypes, Wire.readInt(in), "call type");
        int status = in.readByte();
        if (status < 0 || status >= Call.Status.values().length) {
            throw new IOException("Call " + call.name + " has no status " + status);
        }
        call.status = Call.Status.values()[status];
        call.firstOffered = readTime(in);
        call.offered = readTime(in);
        call.everQueued = in.readBoolean();
        call.ringing = readTime(in);
        call.answered = readTime(in);
        call.held = readTime(in);
        call.wrapUp = readTime(in);
        call.holdSeconds = Wire.readLong(in);
        call.seen = Wire.readInt(in);
        call.group = readReference(in, centre.groups, "skill group");
        call.agent = readReference(in, centre.agents, "agent");
        int index = Wire.readInt(in);
        if (call.agent != null) {
            tasks.add(new Task(call.agent, index, call));
        }
        readWait(in, call, call.type);
        int places = Wire.readCount(in, Wire.MANY);
        for (int i = 0; i < places; i++) {
            Place place = new Place(found(centre.groups, Wire.readInt(in), "skill group"));
            readWait(in, place, place.group);
            call.places.add(place);
        }
        if (call.waits()) {
            call.type.atVru++;
        } else if (call.atAgent()) {
            call.type.atAgent++;
        }
        return call;
    }

    private void readWait(DataInput in, Wait wait, Aggregate aggregate) throws IOException {
        int flags = in.readByte();
        wait.serviceLevelDone = (flags & 1) != 0;
        wait.thresholdPassed = (flags & 2) != 0;
        wait.queuedTime = readTime(in);
        wait.threshold = Wire.readInt(in);
        if ((flags & 4) != 0) {
            inQueue.add(new Queued(wait, aggregate, readTime(in)));
        }
        if ((flags & 8) != 0) {
            due.add(new Queued(wait, aggregate, readTime(in)));
        }
    }

    private void putInOrder() {
        inQueue.sort(Comparator.comparingLong(Queued::time));
        for (Queued each : inQueue) {
            each.aggregate.enqueue(each.who, each.time);
            if (each.aggregate instanceof CallType callType && each.who.thresholdPassed) {
                callType.queueHeld++;
            }
        }
        due.sort(Comparator.comparingLong(Queued::time));
        for (Queued each : due) {
            each.who.dueSpot = each.aggregate.due.join(each.who, each.time);
        }
        tasks.sort(Comparator.comparingInt(Task::index));
        for (Task task : tasks) {
            task.agent.calls.add(task.call);
            Member member = task.call.group == null ? null : task.agent.member(task.call.group);
            if (member != null) {
                member.calls++;
            }
        }
        List<Member> available = new ArrayList<>();
        for (Agent agent : centre.agents.values()) {
            for (Member member : agent.members) {
                if (member.state == Agent.READY) {
                    available.add(member);
                }
            }
        }
        available.sort(Comparator.comparingLong(member -> member.stateAt));
        available.forEach(Member::place);
    }

    private long readTime(DataInput in) throws IOException {
        long distance = Wire.readLong(in);
        return distance == 0 ? 0 : centre.controllerTime - (distance > 0 ? distance - 1 : distance);
    }

    private static <T> T readReference(DataInput in, Map<Integer, T> things, String what) throws IOException {
        int id = Wire.readInt(in);
        return id == 0 ? null : found(things, id, what);
    }

    private static <T> T found(Map<Integer, T> things, int id, String what) throws IOException {
        T found = things.get(id);
        if (found == null) {
            throw new IOException("The checkpoint refers to " + what + " " + id + ", which it does not have");
        }
        return found;
    }
}
