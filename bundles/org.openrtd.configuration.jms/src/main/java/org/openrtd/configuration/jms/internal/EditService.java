package org.openrtd.configuration.jms.internal;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.openrtd.catalog.Catalog;
import org.openrtd.configuration.ConfigurationEditor;
import org.openrtd.configuration.ConfigurationMessage;
import org.openrtd.configuration.ConfigurationResult;
import org.openrtd.configuration.ConfigurationTransaction;
import org.openrtd.configuration.ConfigurationUnreachable;
import org.openrtd.configuration.KnownTransaction;
import org.openrtd.feed.jms.Addresses;
import org.openrtd.feed.jms.BrokerService;
import org.openrtd.feed.jms.LocalBroker;
import org.openrtd.feed.jms.OfferedSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes edits from the followers of a source of this node, and hands them on: at the centre to the configuration itself,
 * elsewhere to the next link. The other end is {@link EditLink}.
 *
 * <p>Who edits is the user that the broker has validated, whatever a message says; only a distributor, which has a broker
 * of its own, is believed whom it speaks for, and stands behind that name. Nothing is kept here but what is under way.
 */
final class EditService implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EditService.class);

    /** Of all distributors together; a further one hears so at once. No user has more of them than are free. */
    static final int MAX_UNDER_WAY = 8_192;
    /** Of messages whose parts have not all come. */
    private static final long MAX_ASSEMBLY_BYTES = 64L << 20;
    /** Of messages that are under way; no user has more of it than is free. */
    static final long MAX_BYTES_UNDER_WAY = 128L << 20;

    private static final int MAX_TOLD = 100;

    /** A user, or users of brokers further down, each vouched for by the next. */
    private static final Pattern AUTHOR = Pattern.compile("[A-Za-z0-9_.-]{1,64}(@[A-Za-z0-9_-]{1,64})*");

    private static final int MAX_AUTHOR = 128;

    private final OfferedSource source;
    private final String node;
    private final Supplier<ConfigurationEditor> editor;
    private final BrokerService service;
    private volatile LocalBroker broker;
    private final Frames.Assembly assembly = new Frames.Assembly(MAX_ASSEMBLY_BYTES);
    /** What is under way; asked for again, it is answered once. */
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();

    private final Shares shares;
    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong unreadable = new AtomicLong();

    /** @param editor the nearest one of this node, or {@code null} while there is none */
    EditService(OfferedSource source, String node, Supplier<ConfigurationEditor> editor) {
        this.source = source;
        this.node = node;
        this.editor = editor;
        // Elsewhere they go up over one link, of which no follower may have all.
        this.shares = source.toDistributors()
                ? new Shares(MAX_UNDER_WAY, MAX_BYTES_UNDER_WAY)
                : new Shares(EditLink.MAX_REQUESTS, EditLink.MAX_REQUEST_BYTES);
        String queue = Addresses.configuration(source.name());
        this.service = new BrokerService(
                "edits-" + source.name(), queue, broker -> broker.openQueue(queue, Addresses.EDITOR_ROLE), this::take);
    }

    void attach(LocalBroker broker) {
        this.broker = broker;
        service.attach(broker);
    }

    void detach(LocalBroker broker) {
        service.detach(broker);
    }

    /** How it stands to the broker, for people. */
    String state() {
        return service.state();
    }

    /** Requests so far. */
    long taken() {
        return taken.get();
    }

    /** Messages that could not be read. */
    long unreadable() {
        return unreadable.get() + service.refused();
    }

    int underWay() {
        return shares.count();
    }

    /** Ends it; who waits for an answer asks elsewhere. */
    @Override
    public void close() {
        service.close();
    }

    private void take(String user, String id, byte[] payload) {
        Frames.Whole whole;
        try {
            whole = assembly.add(user, id, payload);
        } catch (UnreadableMessage e) {
            long so = unreadable.incrementAndGet();
            if (so <= MAX_TOLD) {
                LOG.warn(
                        "Refused an edit of user {}: {}{}",
                        user,
                        e.getMessage(),
                        so == MAX_TOLD ? "; further ones are only counted" : "");
            }
            return;
        }
        if (whole == null) {
            return;
        }
        if (whole.message() instanceof Message.Hello) {
            reply(user, id, whole.request(), new Message.Welcome(node));
            return;
        }
        String which = user + "." + id + "." + whole.request();
        if (!underWay.add(which)) {
            return;
        }
        long size = whole.message() instanceof Message.Commit commit ? commit.changes().length : 0;
        if (!shares.take(user, size)) {
            underWay.remove(which);
            reply(
                    user,
                    id,
                    whole.request(),
                    new Message.Unreachable(
                            false, node + " has too many edits of user " + user + " under way: try again later"));
            return;
        }
        answer(user, whole.message()).whenComplete((message, failure) -> {
            underWay.remove(which);
            shares.give(user, size);
            reply(user, id, whole.request(), failure == null ? message : failed(whole.message(), failure));
        });
    }

    private CompletableFuture<Message> answer(String user, Message asked) {
        try {
            taken.incrementAndGet();
            ConfigurationEditor next = editor.get();
            if (next == null) {
                throw new ConfigurationUnreachable("it has no way to the centre: the role that has it is missing");
            }
            if (asked instanceof Message.Commit commit) {
                ConfigurationTransaction transaction = new ConfigurationTransaction(
                        commit.id(),
                        author(user, commit.author()),
                        ConfigurationMessage.readExactly(commit.changes(), Catalog.feed(Catalog.CONFIG)));
                return next.commit(transaction).thenApply(EditService::message);
            }
            if (asked instanceof Message.AskHistory ask) {
                return next.history(ask.table(), ask.key(), ask.limit()).thenApply(Message.History::new);
            }
            if (asked instanceof Message.AskTransaction ask) {
                return next.find(ask.id(), ask.withChanges()).thenApply(EditService::message);
            }
            if (asked instanceof Message.AskIds ask) {
                return next.allotIds(ask.table(), ask.count()).thenApply(Message.Ids::new);
            }
            throw new IllegalArgumentException(asked.getClass().getSimpleName() + " is nothing that a source is asked");
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static Message message(ConfigurationResult result) {
        return result instanceof ConfigurationResult.Committed committed
                ? new Message.Committed(committed.recoveryKey())
                : new Message.Refused(((ConfigurationResult.Refused) result).problems());
    }

    private static Message message(Optional<KnownTransaction> found) {
        if (found.isEmpty()) {
            return new Message.NoTransaction();
        }
        KnownTransaction known = found.get();
        byte[] changes = known.changes().isEmpty() ? new byte[0] : ConfigurationMessage.write(known.changes());
        return new Message.Transaction(
                known.position(),
                known.author(),
                known.time(),
                changes.length > MessageCodec.MAX_BYTES - MessageCodec.MAX_TRANSACTION_HEAD ? new byte[0] : changes);
    }

    /** Who edits, as far as somebody validated it. */
    private String author(String user, String claimed) {
        if (claimed.isEmpty() || !vouches(user)) {
            return user;
        }
        boolean fits = AUTHOR.matcher(claimed).matches() && claimed.length() + 1 + user.length() <= MAX_AUTHOR;
        return (fits ? claimed : "?") + "@" + user;
    }

    /** Whether that user has a broker of its own, which validates the users there; any editor may send to the queue. */
    private boolean vouches(String user) {
        LocalBroker present = broker;
        return source.toDistributors() && present != null && present.roles(user).contains(Addresses.DISTRIBUTOR_ROLE);
    }

    private Message failed(Message asked, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof ConfigurationUnreachable unreachable) {
            return new Message.Unreachable(unreachable.undecided(), node + ": " + cause.getMessage());
        }
        if (cause instanceof IllegalArgumentException) {
            return new Message.Invalid(String.valueOf(cause.getMessage()));
        }
        LOG.debug("{}: an edit failed", node, cause);
        // The database's, most likely: whether it committed, only the database knows.
        return new Message.Unreachable(asked instanceof Message.Commit, node + ": " + cause.getMessage());
    }

    private void reply(String user, String id, long request, Message message) {
        List<byte[]> frames;
        try {
            frames = Frames.cut(request, message);
        } catch (IllegalArgumentException e) {
            frames = Frames.cut(request, new Message.Invalid("The answer is too large: " + e.getMessage()));
        }
        frames.forEach(frame -> service.reply(user, id, frame));
    }
}
