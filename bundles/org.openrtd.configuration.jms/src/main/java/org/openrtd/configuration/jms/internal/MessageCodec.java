package org.openrtd.configuration.jms.internal;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.openrtd.configuration.ConfigurationEditor;
import org.openrtd.configuration.ConfigurationProblem;
import org.openrtd.configuration.ConfigurationProblem.Conflict;
import org.openrtd.configuration.CopyReport;
import org.openrtd.configuration.CopyStatus;
import org.openrtd.configuration.HistoryEntry;
import org.openrtd.configuration.HistoryEntry.ColumnChange;
import org.openrtd.configuration.SyncStatus;
import org.openrtd.feed.Position;

/** The bytes of {@link Message}s: a kind, and what belongs to it. {@link Frames} cuts them into parts. */
final class MessageCodec {

    /** No message is larger. Of a list that has no bounds by itself, the rest is left out. */
    static final int MAX_BYTES = 4 << 20;
    /** Of what is known of copies: a site has one for each client. */
    static final int MAX_COPIES = 8_000;

    /** Of what stands before the changes of a transaction that is known. */
    static final int MAX_TRANSACTION_HEAD = 1 << 10;

    private static final int MAX_PROBLEMS = 1_000;
    private static final int MAX_KEY = 64;
    private static final int MAX_COLUMNS = 4_096;
    /** Of names, ids and reasons. */
    private static final int MAX_TEXT = 4_096;

    private MessageCodec() {}

    static byte[] encode(Message message) {
        Writer out = new Writer();
        if (message instanceof Message.Hello) {
            out.u8(1);
        } else if (message instanceof Message.Commit commit) {
            out.u8(2).text(commit.id()).text(commit.author()).raw(commit.changes());
        } else if (message instanceof Message.AskHistory ask) {
            out.u8(3).text(ask.table());
            key(out, ask.key()).i32(ask.limit());
        } else if (message instanceof Message.AskIds ask) {
            out.u8(4).text(ask.table()).i32(ask.count());
        } else if (message instanceof Message.Report report) {
            out.u8(5);
            writeMost(out, report.copies(), MAX_COPIES, MessageCodec::copy);
        } else if (message instanceof Message.AskPicture) {
            out.u8(6);
        } else if (message instanceof Message.AskTransaction ask) {
            out.u8(7).text(ask.id()).bool(ask.withChanges());
        } else if (message instanceof Message.Welcome welcome) {
            out.u8(16).text(welcome.node());
        } else if (message instanceof Message.Committed committed) {
            out.u8(17).i64(committed.recoveryKey());
        } else if (message instanceof Message.Refused refused) {
            out.u8(18);
            writeMost(out, refused.problems(), MAX_PROBLEMS, MessageCodec::problem);
        } else if (message instanceof Message.History history) {
            out.u8(19);
            writeMost(out, history.entries(), ConfigurationEditor.MAX_HISTORY, MessageCodec::entry);
        } else if (message instanceof Message.Ids ids) {
            out.u8(20).i32(ids.first());
        } else if (message instanceof Message.Copies copies) {
            out.u8(21).text(copies.picture().node()).text(cut(copies.picture().problem()));
            writeMost(out, copies.picture().copies(), MAX_COPIES, MessageCodec::copy);
        } else if (message instanceof Message.Unreachable unreachable) {
            out.u8(22).bool(unreachable.undecided()).text(cut(unreachable.reason()));
        } else if (message instanceof Message.Invalid invalid) {
            out.u8(23).text(cut(invalid.reason()));
        } else if (message instanceof Message.Transaction known) {
            out.u8(24).i64(known.position().epoch()).i64(known.position().sequence());
            out.text(known.author()).orNull(known.time(), time -> out.i64(time.toEpochMilli()));
            out.raw(known.changes());
        } else if (message instanceof Message.NoTransaction) {
            out.u8(25);
        }
        return out.toBytes();
    }

    /** @throws UnreadableMessage when they are not the bytes of a message */
    static Message decode(byte[] bytes) {
        Reader in = new Reader(bytes);
        Message message;
        try {
            message = decode(in);
        } catch (DateTimeException | ArithmeticException e) {
            throw new UnreadableMessage("a time that is none");
        } catch (IllegalArgumentException e) {
            throw new UnreadableMessage(e.getMessage());
        }
        in.end();
        return message;
    }

    private static Message decode(Reader in) {
        int kind = in.u8();
        return switch (kind) {
            case 1 -> new Message.Hello();
            case 2 -> new Message.Commit(in.text(MAX_TEXT), in.text(MAX_TEXT), in.rest());
            case 3 -> new Message.AskHistory(in.text(MAX_TEXT), key(in), in.i32());
            case 4 -> new Message.AskIds(in.text(MAX_TEXT), in.i32());
            case 5 -> new Message.Report(in.list(MAX_COPIES, () -> copy(in)));
            case 6 -> new Message.AskPicture();
            case 7 -> new Message.AskTransaction(in.text(MAX_TEXT), in.bool());
            case 16 -> new Message.Welcome(in.text(MAX_TEXT));
            case 17 -> new Message.Committed(in.i64());
            case 18 -> new Message.Refused(in.list(MAX_PROBLEMS, () -> problem(in)));
            case 19 -> new Message.History(in.list(ConfigurationEditor.MAX_HISTORY, () -> entry(in)));
            case 20 -> new Message.Ids(in.i32());
            case 21 ->
                new Message.Copies(new SyncStatus.Picture(
                        in.text(MAX_TEXT), in.text(MAX_TEXT), in.list(MAX_COPIES, () -> copy(in))));
            case 22 -> new Message.Unreachable(in.bool(), in.text(MAX_TEXT));
            case 23 -> new Message.Invalid(in.text(MAX_TEXT));
            case 24 ->
                new Message.Transaction(
                        new Position(in.i64(), in.i64()), in.text(MAX_TEXT), in.orNull(() -> time(in)), in.rest());
            case 25 -> new Message.NoTransaction();
            default -> throw new UnreadableMessage("of unknown kind " + kind);
        };
    }

    private interface Element<T> {
        void write(Writer out, T element);
    }

    /** As many, from the first on, as a message has room for. */
    private static <T> void writeMost(Writer out, List<T> all, int most, Element<T> element) {
        List<byte[]> written = new ArrayList<>();
        int size = out.size() + 4;
        for (T each : all) {
            Writer one = new Writer();
            element.write(one, each);
            size += one.size();
            if (size > MAX_BYTES || written.size() == most) {
                break;
            }
            written.add(one.toBytes());
        }
        out.list(written, out::raw);
    }

    private static Writer key(Writer out, List<Object> key) {
        return out.list(key, out::value);
    }

    private static List<Object> key(Reader in) {
        return in.list(MAX_KEY, in::value);
    }

    private static void problem(Writer out, ConfigurationProblem problem) {
        out.u8(problem.kind().ordinal()).text(problem.table());
        key(out, problem.key());
        out.orNull(problem.column(), out::text).text(cut(problem.reason()));
        out.orNull(problem.conflict(), conflict -> {
            out.value(conflict.basedOn()).value(conflict.wanted()).value(conflict.present());
            out.orNull(conflict.author(), out::text).orNull(conflict.time(), time -> out.i64(time.toEpochMilli()));
            out.i64(conflict.recoveryKey());
        });
    }

    private static ConfigurationProblem problem(Reader in) {
        return new ConfigurationProblem(
                in.constant(ConfigurationProblem.Kind.values()),
                in.text(MAX_TEXT),
                key(in),
                in.orNull(() -> in.text(MAX_TEXT)),
                in.text(MAX_TEXT),
                in.orNull(() -> new Conflict(
                        in.value(),
                        in.value(),
                        in.value(),
                        in.orNull(() -> in.text(MAX_TEXT)),
                        in.orNull(() -> time(in)),
                        in.i64())));
    }

    private static void entry(Writer out, HistoryEntry entry) {
        out.i64(entry.recoveryKey()).i64(entry.time().toEpochMilli()).text(entry.author());
        out.text(entry.id()).u8(entry.operation().ordinal());
        out.list(
                entry.columns(),
                column -> out.text(column.column()).value(column.before()).value(column.after()));
    }

    private static HistoryEntry entry(Reader in) {
        return new HistoryEntry(
                in.i64(),
                time(in),
                in.text(MAX_TEXT),
                in.text(MAX_TEXT),
                in.constant(HistoryEntry.Operation.values()),
                in.list(MAX_COLUMNS, () -> new ColumnChange(in.text(MAX_TEXT), in.value(), in.value())));
    }

    private static void copy(Writer out, CopyReport report) {
        CopyStatus copy = report.status();
        out.text(copy.node()).u8(copy.kind().ordinal()).text(copy.feedId());
        out.i64(copy.position().epoch()).i64(copy.position().sequence()).i32(copy.schemaVersion());
        out.text(copy.state()).u8(copy.digests().ordinal());
        out.orNull(copy.lastRepair(), repair -> out.i64(repair.time().toEpochMilli())
                .text(repair.reason()));
        out.text(copy.alarm()).text(cut(report.via()));
        out.i64(report.lag()).i64(report.lagMillis()).i64(report.ageMillis());
    }

    private static CopyReport copy(Reader in) {
        int most = CopyStatus.MAX_TEXT;
        CopyStatus status = new CopyStatus(
                in.text(most),
                in.constant(CopyStatus.Kind.values()),
                in.text(most),
                new Position(in.i64(), in.i64()),
                in.i32(),
                in.text(most),
                in.constant(CopyStatus.Digests.values()),
                in.orNull(() -> new CopyStatus.Repair(time(in), in.text(most))),
                in.text(most));
        return new CopyReport(status, in.text(MAX_TEXT), in.i64(), in.i64(), in.i64());
    }

    private static Instant time(Reader in) {
        return Instant.ofEpochMilli(in.i64());
    }

    private static String cut(String text) {
        if (text.length() <= MAX_TEXT) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(MAX_TEXT - 2)) ? MAX_TEXT - 2 : MAX_TEXT - 1;
        return text.substring(0, end) + "…";
    }
}
