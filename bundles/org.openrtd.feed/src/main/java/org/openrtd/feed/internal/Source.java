package org.openrtd.feed.internal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.openrtd.feed.Digest;
import org.openrtd.feed.DurableHistory;
import org.openrtd.feed.DurableHistory.Epoch;
import org.openrtd.feed.Hop;
import org.openrtd.feed.MonotonicClock;
import org.openrtd.feed.Position;
import org.openrtd.feed.ReplyTo;
import org.openrtd.feed.SourceSettings;
import org.openrtd.feed.SourceTransport;
import org.openrtd.feed.Whereabouts;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What origins and relays have in common: a ring, snapshots, and answers to followers from them. */
public class Source {

    private static final Logger LOG = LoggerFactory.getLogger(Source.class);

    /** One page of a continuation; with the largest batch, all that one request can make a broker hold. */
    private static final long PAGE_BYTES = (long) Wire.PARTS_AT_A_TIME * Wire.PART_BYTES;

    /**
     * After these no further batch is begun in a page, so that with the parts of the largest it has less than 192 messages:
     * a broker keeps at least as many for one follower, and drops the first of what is more; and the first is the answer.
     */
    private static final int PAGE_MESSAGES = 100;

    private static final int MOST_SNAPSHOTS = 3;
    private static final int MOST_NAMES = 256;

    /** For how long snapshots are encoded before whatever else waits: heartbeats, batches, other followers. */
    private static final long ENCODING_MILLIS = 5;
    /** The same where the transport cannot have it go on before the next call of {@link #time}. */
    private static final long ENCODING_MILLIS_AT_A_CALL = 100;

    private static final int MOST_OFFERS = 10_000;

    private final String name;
    private final boolean origin;
    private final DurableHistory history;
    private final MonotonicClock clock;
    private final RandomGenerator random;
    private final SourceTransport transport;
    private Supplier<Hop> hop;
    private DoubleSupplier load = () -> 0;
    private Supplier<Whereabouts> further = () -> Whereabouts.NONE;
    private Consumer<byte[]> heartbeats = message -> {};
    private final Ring ring = new Ring();
    private final List<ServedSnapshot> snapshots = new ArrayList<>();
    /** Who waits for a snapshot that is being encoded, by the address; of one who asks again, the last request. */
    private final Map<ReplyTo, Offer> offers = new LinkedHashMap<>();

    /** Whether the transport will have the encoding go on. */
    private boolean goesOn;

    private long encodingMillis = ENCODING_MILLIS;

    private final Set<String> complained = new HashSet<>();
    private final BatchEncoder encoder = new BatchEncoder();
    private SourceSettings settings;
    private FeedView view;
    private volatile long snapshotsMade;
    private String feedId = "";
    private List<Epoch> epochs = List.of();
    private long originTime;
    private long currentUntil = -1;
    private long heartbeatAt;
    private long undecodable;

    private record Offer(Messages.Resume resume, ServedSnapshot snapshot, int[] tables) {}

    /**
     * @param origin whether it makes the feed; a relay that is behind a follower has it wait instead
     * @param history of an origin of a durable feed, else {@code null}
     */
    public Source(
            String name,
            boolean origin,
            DurableHistory history,
            FeedView view,
            SourceSettings settings,
            MonotonicClock clock,
            RandomGenerator random,
            SourceTransport transport) {
        this.name = name;
        this.origin = origin;
        this.history = history;
        this.view = view;
        this.settings = settings;
        this.clock = clock;
        this.random = random;
        this.transport = transport;
        this.heartbeatAt = clock.millis();
    }

    /** How this source stands; to be set before anything is sent. */
    public void hop(Supplier<Hop> next) {
        hop = next;
    }

    /** How much of what may wait before it is sent does, 0 to 1. */
    public void load(DoubleSupplier next) {
        load = next;
    }

    /** What a relay's own source says of its whereabouts. */
    public void further(Supplier<Whereabouts> next) {
        further = next;
    }

    /** What followers are told. */
    public Whereabouts whereabouts() {
        return settings.whereabouts().get().or(further.get());
    }

    /** Who else gets what {@link #heartbeat} sends. */
    public void heartbeats(Consumer<byte[]> also) {
        heartbeats = also;
    }

    /** For how long snapshots are encoded before whatever else waits; always one step. */
    public void encodingMillis(long next) {
        encodingMillis = next;
    }

    public String name() {
        return name;
    }

    public FeedView view() {
        return view;
    }

    public void settings(SourceSettings next) {
        settings = next;
        trim();
    }

    public SourceSettings settings() {
        return settings;
    }

    /** What history this is; an epoch's rows never change their identity. */
    public void identity(String id, List<Epoch> known) {
        feedId = id;
        epochs = known.size() > Wire.MOST_EPOCHS
                ? List.copyOf(known.subList(known.size() - Wire.MOST_EPOCHS, known.size()))
                : known;
    }

    public String feedId() {
        return feedId;
    }

    /** The view jumped: batches kept do not lead here. */
    public void reset(FeedView next, long time) {
        view = next;
        originTime = time;
        ring.clear();
        snapshots.clear();
    }

    /** The view moved on by a batch, which the ring gets before anybody is sent it. */
    public void advance(FeedView next, byte[][] messages, long time) {
        view = next;
        originTime = time;
        if (messages.length > 0) {
            ring.add(next.position().sequence(), messages);
            trim();
        }
    }

    protected void trim() {
        long kept = Long.MAX_VALUE;
        for (ServedSnapshot snapshot : snapshots) {
            kept = Math.min(kept, snapshot.view.position().sequence());
        }
        ring.trim(settings.ringBytes(), settings.servingRingBytes(), kept);
    }

    /** How many bytes of batches are kept. */
    public long ringBytes() {
        return ring.bytes();
    }

    public void publish(Hop hop, byte[] message) {
        Hop said = hop.with(settings.heartbeatInterval().toMillis(), load.getAsDouble(), settings.primary());
        // Batches are many, and places do not change with them.
        transport.publish(SourceTransport.isHeartbeat(message) ? said.with(whereabouts()) : said, message);
    }

    /** Sends a heartbeat and counts the time from now; without digests, when they are not this source's to give. */
    public void heartbeat() {
        heartbeatAt = clock.millis();
        if (view.position().equals(Position.NONE)) {
            // There is nothing to be at; but who listens learns that somebody is here, and how it stands.
            publish(hop.get(), new Messages.Heartbeat(Position.NONE, 0, List.of()).encode());
            return;
        }
        List<Messages.Digests> digests = List.of();
        if (origin) {
            originTime = originTime(heartbeatAt);
            List<Digest> tables = new ArrayList<>();
            for (int t = 0; t < view.tables(); t++) {
                tables.add(view.rows(t).digest());
            }
            digests = List.of(new Messages.Digests(view.schema().version(), tables));
        }
        byte[] message = new Messages.Heartbeat(view.position(), originTime, digests).encode();
        publish(hop.get(), message);
        heartbeats.accept(message);
    }

    /** Of an origin: what it has is current up to {@code time} only; or, when that is negative, up to now. */
    public void currentUntil(long time) {
        currentUntil = time;
    }

    /** Of a relay: when, by the origin's clock, what it has was current. */
    public void originTimeIs(long time) {
        originTime = time;
    }

    /** The origin's heartbeat, passed on. */
    public void passHeartbeat(Hop hop, byte[] message, long time) {
        heartbeatAt = clock.millis();
        originTime = time;
        publish(hop, message);
    }

    /** What was sent before may be wrong. */
    public void cleared(FeedView repaired) {
        view = repaired;
        ring.clear();
        snapshots.clear();
        publish(hop.get(), Messages.cleared(view.position()));
    }

    public void time() {
        long now = clock.millis();
        if (now - heartbeatAt >= settings.heartbeatInterval().toMillis()) {
            heartbeat();
        }
        if (snapshots.removeIf(
                snapshot -> now - snapshot.askedAt >= settings.snapshotLife().toMillis())) {
            trim();
        }
        if (!offers.isEmpty()) {
            encode();
        }
    }

    public void request(ReplyTo from, byte[] message) {
        try {
            if (message.length >= Wire.HEADER + 8
                    && message[0] == 'O'
                    && message[1] == 'F'
                    && message[2] != Wire.MAJOR
                    && message[3] == Wire.RESUME) {
                refuseMajor(from, message);
                return;
            }
            WireReader reader = new WireReader(message);
            int type = reader.header();
            switch (type) {
                case Wire.RESUME -> resume(from, Messages.Resume.read(reader));
                case Wire.PULL -> pull(from, Messages.Pull.read(reader));
                default -> throw new Undecodable("a request of type " + type);
            }
        } catch (Undecodable e) {
            undecodable++;
            if (complained.size() < MOST_NAMES && complained.add(from.user())) {
                LOG.warn("{}: user {} sent what cannot be decoded: {}", feed(), from.user(), e.getMessage());
            }
        }
    }

    /** How many requests could not be decoded. */
    public long undecodable() {
        return undecodable;
    }

    private String feed() {
        return view.schema().feed();
    }

    // Where the id and the reason stand is the same in all majors, so that everybody can read why.
    private void refuseMajor(ReplyTo from, byte[] message) throws Undecodable {
        WireReader reader = new WireReader(message);
        for (int i = 0; i < Wire.HEADER; i++) {
            reader.octet();
        }
        refuse(
                from,
                reader.fixed64(),
                "version: source " + name + " speaks protocol " + Wire.MAJOR + ", the follower " + (message[2] & 0xFF)
                        + "; update the older of the two");
    }

    private void refuse(ReplyTo to, long id, String reason) {
        LOG.info("{}: {} is refused ({})", feed(), to.user(), reason);
        transport.reply(to, new Messages.Refused(id, reason).encode());
    }

    private void resume(ReplyTo from, Messages.Resume resume) {
        Position at = view.position();
        Position have = resume.have();
        if (!resume.feed().equals(feed())) {
            refuse(from, resume.id(), "feed: source " + name + " serves " + feed() + ", not " + resume.feed());
        } else if (at.equals(Position.NONE)) {
            transport.reply(from, new Messages.Wait(resume.id(), at).encode());
        } else if (!resume.feedId().isEmpty() && !resume.feedId().equals(feedId)) {
            refuse(
                    from,
                    resume.id(),
                    "identity: the feed " + feed() + " of source " + name + " is " + feedId + ", the follower's is "
                            + resume.feedId() + "; they belong to different central databases");
        } else if (have.compareTo(at) > 0 && !origin) {
            transport.reply(from, new Messages.Wait(resume.id(), at).encode());
        } else if (resume.repair()) {
            snapshot(from, resume, tables(resume));
        } else if (!proceed(from, resume)) {
            if (resume.outrun() >= Wire.MOST_OUTRUN) {
                refuse(
                        from,
                        resume.id(),
                        "too slow: " + resume.outrun() + " snapshots in a row were outrun, the last at " + have
                                + "; source " + name + " is at " + at + " and keeps "
                                + settings.servingRingBytes() + " bytes; give the follower a faster line");
            } else {
                snapshot(from, resume, new int[0]);
            }
        }
    }

    /** The asked tables, in order; none, which means all, when one is unknown here or epoch or schema are others. */
    private int[] tables(Messages.Resume resume) {
        int[] tables = resume.tables().stream()
                .mapToInt(table -> view.index(table))
                .distinct()
                .sorted()
                .toArray();
        boolean all = resume.have().epoch() != view.position().epoch()
                || resume.schema() != view.schema().version()
                || tables.length > 0 && tables[0] < 0;
        return all ? new int[0] : tables;
    }

    /** Goes on from what the follower has, if ring or log hold all that follows. */
    private boolean proceed(ReplyTo from, Messages.Resume resume) {
        // Batches are of this schema: rows of another one, which outlived a change of the tables, do not take them.
        if (resume.schema() != view.schema().version()) {
            return false;
        }
        long have = understood(resume.have());
        long newest = view.position().sequence();
        if (have < 0 || have > newest) {
            return false;
        }
        List<byte[][]> page = new ArrayList<>();
        if (ring.reaches(have, newest)) {
            long bytes = 0;
            int count = 0;
            for (long next = have + 1; next <= newest && bytes < PAGE_BYTES && count < PAGE_MESSAGES; next++) {
                page.add(ring.get(next));
                bytes += Ring.size(ring.get(next));
                count += ring.get(next).length;
            }
        } else if (history != null) {
            page = fromLog(have, newest);
        }
        if (page.isEmpty() && have < newest) {
            return false;
        }
        long until = have + page.size();
        boolean last = until == newest;
        transport.reply(
                from,
                new Messages.Continue(resume.id(), new Position(view.position().epoch(), have), until, last, epochs)
                        .encode());
        for (byte[][] messages : page) {
            for (byte[] message : messages) {
                transport.reply(from, Messages.carry(resume.id(), message));
            }
        }
        if (last) {
            transport.reply(
                    from,
                    new Messages.Live(resume.id(), view.position(), hop.get(), originTime(clock.millis())).encode());
        }
        return true;
    }

    /** The sequence from which a follower's history goes on in this one's, or -1. */
    protected long understood(Position have) {
        if (have.epoch() == view.position().epoch()) {
            return have.sequence();
        }
        for (int i = 0; i + 1 < epochs.size(); i++) {
            // What an epoch committed after the next one began is not in this history: a restored backup, or a twin.
            if (epochs.get(i).epoch() == have.epoch()) {
                return have.sequence() <= epochs.get(i + 1).firstKey() ? have.sequence() : -1;
            }
        }
        return -1;
    }

    private List<byte[][]> fromLog(long have, long newest) {
        List<byte[][]> page = new ArrayList<>();
        try {
            long bytes = 0;
            long key = have;
            for (DurableHistory.Entry entry : history.after(have, PAGE_MESSAGES)) {
                if (entry.keyBefore() != key || entry.key() != key + 1 || entry.key() > newest || bytes >= PAGE_BYTES) {
                    break;
                }
                BatchHeader header = new BatchHeader(
                        new Position(view.position().epoch(), entry.key()),
                        key,
                        entry.cut(),
                        originTime(clock.millis()));
                byte[] batch = encoder.encode(header, view, entry.changes());
                if (batch.length > Wire.BATCH_BYTES) {
                    break;
                }
                page.add(BatchEncoder.messages(header, batch));
                bytes += batch.length;
                key = entry.key();
            }
        } catch (RuntimeException e) {
            LOG.error("{}: its log cannot be read after {}, so followers get a snapshot", feed(), have, e);
            page.clear();
        }
        return page;
    }

    private void snapshot(ReplyTo from, Messages.Resume resume, int[] tables) {
        ServedSnapshot snapshot = serve(resume);
        Offer offer = new Offer(resume, snapshot, tables);
        if (snapshot.isEncoded(tables)) {
            reply(from, offer);
        } else if (offers.size() < MOST_OFFERS || offers.containsKey(from)) {
            boolean first = offers.isEmpty();
            offers.put(from, offer);
            // While others wait, it goes on by itself.
            if (first) {
                encode();
            }
        }
    }

    private void reply(ReplyTo to, Offer offer) {
        offer.snapshot.askedAt = clock.millis();
        transport.reply(
                to,
                offer.snapshot
                        .manifest(offer.resume.id(), feedId, epochs, offer.tables)
                        .encode());
    }

    private void goOn() {
        goesOn = false;
        if (!offers.isEmpty()) {
            encode();
        }
    }

    /** Encodes for those who wait, not for long, and answers those for whom all is there. */
    protected void encode() {
        goesOn = goesOn || transport.later(this::goOn);
        long now = clock.millis();
        long until = now + (goesOn ? encodingMillis : ENCODING_MILLIS_AT_A_CALL);
        for (Map.Entry<ReplyTo, Offer> next : List.copyOf(offers.entrySet())) {
            ReplyTo from = next.getKey();
            Offer offer = next.getValue();
            boolean outrun = snapshots.contains(offer.snapshot) && !serves(offer.snapshot);
            if (outrun) {
                LOG.warn(
                        "{}: the snapshot at {} was outrun while it was encoded, and is begun anew; if that goes on, raise"
                                + " servingRingBytes, which is {}",
                        feed(),
                        offer.snapshot.view.position(),
                        settings.servingRingBytes());
            }
            if (outrun || !snapshots.contains(offer.snapshot)) {
                // It was outrun before it was there, or the view jumped: what serves has to be found anew.
                offers.remove(from);
                resume(from, offer.resume);
            } else if (offer.snapshot.encode(offer.tables, clock, until)) {
                offers.remove(from);
                reply(from, offer);
            } else {
                // Who waits for it has not forgotten it.
                offer.snapshot.askedAt = now;
                return;
            }
        }
    }

    /** Whoever waits is not answered any more. */
    public void close() {
        offers.clear();
        snapshots.clear();
    }

    /** How many snapshots were made: one for each position at which one was needed, however many asked. */
    public long snapshotsMade() {
        return snapshotsMade;
    }

    /** The snapshot of which the follower has parts, or the newest that serves, or a new one. */
    private ServedSnapshot serve(Messages.Resume resume) {
        long now = clock.millis();
        Position at = view.position();
        snapshots.removeIf(old -> !serves(old));
        ServedSnapshot serving = null;
        for (ServedSnapshot old : snapshots) {
            boolean recent = old.view.position().equals(at)
                    || old.isUnfinished()
                    || now - old.madeAt < settings.snapshotLife().toMillis();
            boolean notBelow = old.view.position().compareTo(resume.have()) >= 0
                    || resume.have().compareTo(at) > 0;
            if (notBelow && (recent || old.id == resume.heldSnapshot())) {
                serving = old;
                if (old.id == resume.heldSnapshot()) {
                    break;
                }
            }
        }
        if (serving == null) {
            if (snapshots.size() == MOST_SNAPSHOTS) {
                snapshots.remove(0);
            }
            serving = new ServedSnapshot(random.nextLong() | 1, view, originTime(now), now);
            snapshots.add(serving);
            snapshotsMade++;
        }
        serving.askedAt = now;
        return serving;
    }

    /**
     * The time, by the origin's clock, up to which what is sent is current. An origin that is not current stands still in
     * it, as what it sends does: else its followers would take its age for a difference between the clocks.
     */
    public long originTime(long now) {
        return !origin ? originTime : currentUntil < 0 ? now : currentUntil;
    }

    /** Whether followers can go on from it. */
    private boolean serves(ServedSnapshot snapshot) {
        Position at = snapshot.view.position();
        return at.epoch() == view.position().epoch()
                && (ring.reaches(at.sequence(), view.position().sequence()) || history != null);
    }

    private void pull(ReplyTo from, Messages.Pull pull) {
        ServedSnapshot serving = null;
        for (ServedSnapshot snapshot : snapshots) {
            if (snapshot.id == pull.snapshot() && serves(snapshot)) {
                serving = snapshot;
            }
        }
        if (serving == null) {
            transport.reply(from, new Messages.Gone(pull.id(), pull.snapshot()).encode());
            return;
        }
        serving.askedAt = clock.millis();
        for (int i = 0; i < Math.min(pull.count(), Wire.PARTS_AT_A_TIME); i++) {
            byte[] part = serving.part(pull.stream(), pull.first() + i);
            if (part != null) {
                transport.reply(from, part);
            }
        }
    }
}
