package org.openrtd.configuration.jms.internal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.openrtd.configuration.SyncStatus;
import org.openrtd.feed.jms.Addresses;
import org.openrtd.feed.jms.BrokerService;
import org.openrtd.feed.jms.LocalBroker;
import org.openrtd.feed.jms.OfferedSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hears from a source's followers how their copies are, and tells who asks what is known of all. The other end is {@link StatusLink}. */
final class StatusService implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StatusService.class);
    private static final int MAX_QUESTIONS = 256;
    private static final long MAX_ASSEMBLY_BYTES = 64L << 20;

    private final String node;
    private final OfferedSource source;
    private final Copies copies;
    private final Supplier<CompletableFuture<SyncStatus.Picture>> picture;
    private final BrokerService service;
    private final Frames.Assembly assembly = new Frames.Assembly(MAX_ASSEMBLY_BYTES);
    private final Semaphore questions = new Semaphore(MAX_QUESTIONS);

    StatusService(
            OfferedSource source, String node, Copies copies, Supplier<CompletableFuture<SyncStatus.Picture>> picture) {
        this.node = node;
        this.source = source;
        this.copies = copies;
        this.picture = picture;
        String queue = Addresses.status(source.name());
        this.service = new BrokerService(
                "status-" + source.name(), queue, broker -> broker.openQueue(queue, source.readerRole()), this::take);
    }

    void attach(LocalBroker broker) {
        service.attach(broker);
    }

    void detach(LocalBroker broker) {
        service.detach(broker);
    }

    @Override
    public void close() {
        service.close();
    }

    private void take(String user, String id, byte[] payload) {
        Frames.Whole whole;
        try {
            whole = assembly.add(user, id, payload);
        } catch (UnreadableMessage e) {
            LOG.debug("A report of user {}", user, e);
            return;
        }
        if (whole == null) {
            return;
        }
        if (whole.message() instanceof Message.Hello) {
            reply(user, id, whole.request(), new Message.Welcome(node));
        } else if (whole.message() instanceof Message.Report report) {
            copies.hear(user, report.copies(), source.toDistributors());
        } else if (whole.message() instanceof Message.AskPicture && questions.tryAcquire()) {
            picture.get().whenComplete((known, failure) -> {
                questions.release();
                if (failure == null) {
                    reply(user, id, whole.request(), new Message.Copies(known));
                }
            });
        }
    }

    private void reply(String user, String id, long request, Message message) {
        Frames.cut(request, message).forEach(frame -> service.reply(user, id, frame));
    }
}
