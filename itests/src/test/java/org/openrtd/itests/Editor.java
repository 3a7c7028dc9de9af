package org.openrtd.itests;

import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openrtd.itests.Ledger.Edit;

/**
 * Edits rows at one node's console, one edit after the other, until it is told to stop, and enters each in the ledger. An
 * edit whose answer does not come is given again with its id, as an operator would, until it is known what became of it;
 * so each edit is brought to its end, whoever dies meanwhile.
 */
final class Editor extends Thread {

    /** A refusal names keys too: of who changed the row meanwhile. */
    private static final Pattern KEY =
            Pattern.compile("(?:, recovery key|is committed under recovery key|has committed it under key) (\\d+)");

    private final KarafNode node;
    private final String run;
    private final List<String> rows;
    private final Ledger ledger;
    private final long pauseMillis;
    private volatile boolean enough;
    private volatile int acknowledged;
    private volatile String lastAnswer = "";

    /**
     * @param rows call types that nobody else edits, by name
     * @param pauseMillis between two edits; the console's shell keeps the threads of each command for a minute, so that
     *     without any they become thousands in time
     */
    Editor(KarafNode node, String run, List<String> rows, Ledger ledger, long pauseMillis) {
        super("editor at " + node.name());
        this.node = node;
        this.run = run;
        this.rows = rows;
        this.ledger = ledger;
        this.pauseMillis = pauseMillis;
    }

    /** How many of its edits were acknowledged. */
    int edits() {
        return acknowledged;
    }

    /** Returns when that many were acknowledged, since it began. */
    void await(int edits) {
        try {
            node.await(edits + " edits by the " + getName() + ", which has " + acknowledged, () -> edits() >= edits);
        } catch (AssertionError e) {
            throw new AssertionError(where(), e);
        }
    }

    /** Returns when the edit under way has come to its end. */
    void finish() throws InterruptedException {
        enough = true;
        join(120_000);
        if (isAlive()) {
            throw new AssertionError("The last edit at " + node.name() + " comes to no end. " + where());
        }
    }

    /** No longer tries to bring an edit to its end. */
    void abandon() {
        enough = true;
        interrupt();
    }

    /** For whoever waits in vain. */
    String where() {
        return "It was last told: \"" + lastAnswer + "\", and is in "
                + Stream.of(getStackTrace()).map(Object::toString).collect(Collectors.joining("\n    "));
    }

    @Override
    public void run() {
        try (Console console = node.console()) {
            for (int n = 1; !enough; n++) {
                String id = run + "-" + node.name() + "-" + n;
                Edit edit = new Edit(id, rows.get(n % rows.size()), id);
                ledger.sending(edit);
                while (!sent(console, edit)) {
                    // Between two looks at a condition, as in KarafNode.await: that the node answers.
                    Thread.sleep(100);
                }
                acknowledged = n;
                Thread.sleep(pauseMillis);
            }
        } catch (InterruptedException e) {
            lastAnswer = e.toString();
        }
    }

    /** Whether it is known now that the edit was committed. */
    private boolean sent(Console console, Edit edit) {
        try {
            lastAnswer = console.run("rtd:config-set Call_Type " + edit.row() + " Description=" + edit.value()
                    + " --id " + edit.id() + " --timeout 10");
        } catch (IOException gone) {
            lastAnswer = gone.toString();
            return false;
        }
        OptionalLong key = committed(lastAnswer);
        if (key.isPresent()) {
            ledger.acknowledged(edit, key.getAsLong());
            return true;
        }
        // Its answer was lost, and the node's copy shows it already.
        if (lastAnswer.contains("has these values already")) {
            ledger.seen(edit);
            return true;
        }
        return false;
    }

    /** Under which key, if that is what the console answered. */
    static OptionalLong committed(String answer) {
        Matcher key = KEY.matcher(answer);
        return key.find() ? OptionalLong.of(Long.parseLong(key.group(1))) : OptionalLong.empty();
    }
}
