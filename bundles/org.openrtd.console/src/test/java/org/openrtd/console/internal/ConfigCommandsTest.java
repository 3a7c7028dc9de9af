package org.openrtd.console.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.CommandException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openrtd.catalog.Catalog;
import org.openrtd.configuration.ConfigurationEditor;
import org.openrtd.configuration.ConfigurationProblem;
import org.openrtd.configuration.ConfigurationResult;
import org.openrtd.configuration.ConfigurationTransaction;
import org.openrtd.configuration.ConfigurationUnreachable;
import org.openrtd.configuration.CopyReport;
import org.openrtd.configuration.CopyStatus;
import org.openrtd.configuration.CopyStatusSource;
import org.openrtd.configuration.HistoryEntry;
import org.openrtd.configuration.KnownTransaction;
import org.openrtd.configuration.SyncStatus;
import org.openrtd.feed.Change;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.Position;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;

@Timeout(60)
class ConfigCommandsTest {

    private final FakeReplica config = new FakeReplica("config")
            .row("Peripheral", "PeripheralID", 5000, "EnterpriseName", "pbx", "ChangeStamp", 1, "Deleted", "N")
            .row("Person", "PersonID", 11, "LoginName", "ada", "ChangeStamp", 1, "Deleted", "N")
            .row(
                    "Call_Type",
                    "CallTypeID",
                    5001,
                    "EnterpriseName",
                    "Loans",
                    "ServiceLevelThreshold",
                    20,
                    "ChangeStamp",
                    3,
                    "Deleted",
                    "N")
            .row("Call_Type", "CallTypeID", 5002, "EnterpriseName", "Cards", "ChangeStamp", 1, "Deleted", "N")
            .row("Call_Type", "CallTypeID", 5003, "EnterpriseName", "Old", "ChangeStamp", 2, "Deleted", "Y")
            .row("Skill_Target", "SkillTargetID", 900, "SkillTargetType", 2, "ChangeStamp", 1)
            .row("Skill_Group", "SkillTargetID", 900, "EnterpriseName", "Sales", "ChangeStamp", 1, "Deleted", "N")
            .row("Agent", "SkillTargetID", 901, "EnterpriseName", "ada", "ChangeStamp", 1, "Deleted", "N")
            .row("Skill_Group_Member", "SkillGroupSkillTargetID", 900, "AgentSkillTargetID", 901, "ChangeStamp", 1)
            .row(
                    "Master_Script",
                    "MasterScriptID",
                    70,
                    "EnterpriseName",
                    "Welcome",
                    "CurrentVersion",
                    1,
                    "NextAvailableVersion",
                    3,
                    "ChangeStamp",
                    4,
                    "Deleted",
                    "N")
            .row(
                    "Script",
                    "ScriptID",
                    71,
                    "MasterScriptID",
                    70,
                    "Version",
                    1,
                    "Author",
                    "olga@north",
                    "DateTime",
                    0L,
                    "ScriptText",
                    "say hello\u001b[31m\n\tqueue Sales\n",
                    "ChangeStamp",
                    1)
            .row("Script", "ScriptID", 72, "MasterScriptID", 70, "Version", 2, "ScriptText", "two", "ChangeStamp", 1)
            .row("Script_Cross_Reference", "ScriptID", 71, "TargetType", 4, "TargetID", 5001, "ChangeStamp", 1);

    private final Editor editor = new Editor();

    @TempDir
    Path directory;

    private Path imported(String name) throws IOException {
        System.setProperty("karaf.data", directory.toString());
        return Files.createDirectories(directory.resolve("import")).toRealPath().resolve(name);
    }

    @Test
    void filesAreReadFromTheImportDirectoryAlone() throws Exception {
        Files.writeString(imported("here.txt"), "here");
        Path secret = Files.writeString(directory.resolve("secret.cfg"), "password = x");
        Files.createSymbolicLink(imported("link.txt"), secret);
        assertEquals("here", ImportDirectory.read("here.txt", 10));
        assertEquals("here", ImportDirectory.read(imported("here.txt").toString(), 10));
        for (String outside : List.of("../secret.cfg", secret.toString(), "link.txt", "/etc/passwd")) {
            String message = assertThrows(CommandException.class, () -> ImportDirectory.read(outside, 1_000_000))
                    .getMessage();
            assertTrue(message.contains("is not in"), message);
        }
        assertThrows(CommandException.class, () -> ImportDirectory.read("here.txt", 3));
        assertThrows(CommandException.class, () -> ImportDirectory.read("nothing.txt", 3));
    }

    @Test
    void changesARowBasedOnTheStampThatThisNodesCopyHas() throws Exception {
        String said = run(set("Call_Type", "Loans", "ServiceLevelThreshold=30", "Description=for houses"));

        assertEquals("Changed Call_Type 5001 (Loans), recovery key 600\n", said);
        Row row = editor.only().row();
        assertEquals(30, row.get("ServiceLevelThreshold"));
        assertEquals("for houses", row.get("Description"));
        assertEquals("Loans", row.get("EnterpriseName"));
        assertEquals(3, row.get("ChangeStamp"));
    }

    @Test
    void takesNamesForIdsAndTextsForCodes() throws Exception {
        run(set("Agent", "ada", "PersonID=ada", "PeripheralID=pbx"));
        assertEquals(11, editor.only().row().get("PersonID"));
        assertEquals(5000, editor.only().row().get("PeripheralID"));

        run(set("t_call_type", "5001", "ServiceLevelType=2", "AbandonWaitTime=NULL"));
        assertEquals(2, editor.only().row().get("ServiceLevelType"));

        run(set("Skill_Group_Member", "new", "SkillGroupSkillTargetID=Sales", "AgentSkillTargetID=ada"));
        assertEquals(List.of(900, 901), editor.only().key());
        assertEquals(0, editor.only().row().get("ChangeStamp"));
    }

    @Test
    void givesANewAgentItsIdAndItsSkillTarget() throws Exception {
        String said = run(set(
                "Agent", "new", "PersonID=ada", "PeripheralID=pbx", "PeripheralNumber=1815", "EnterpriseName=ada.2"));

        assertEquals("Entered Agent 7000 (ada.2), recovery key 600\n", said);
        List<Change> changes = editor.last.changes();
        assertEquals("Skill_Target", changes.get(0).table().name());
        assertEquals(3, changes.get(0).row().get("SkillTargetType"));
        assertEquals(List.of(7000), changes.get(0).key());
        assertEquals("Agent", changes.get(1).table().name());
        assertEquals("N", changes.get(1).row().get("Deleted"));
    }

    @Test
    void saysWhatItDoesNotUnderstandAndSendsNothing() throws Exception {
        assertTrue(failure(set("Call_Tyep", "Loans", "A=1")).contains("Did you mean Call_Type"));
        assertTrue(failure(set("Call_Type", "Loasn", "Description=x")).contains("Did you mean Loans?"));
        assertTrue(failure(set("Call_Type", "Loans", "Descriptoin=x")).contains("Did you mean Description"));
        assertTrue(failure(set("Call_Type", "Loans", "ServiceLevelThreshold=soon"))
                .endsWith("Call_Type.ServiceLevelThreshold takes a whole number, not soon"));
        assertTrue(failure(set("Agent", "ada", "PeripheralID=pxb")).contains("Did you mean pbx?"));
        assertTrue(failure(set("Call_Type", "Loans", "ChangeStamp=9")).contains("set by the central database alone"));
        assertTrue(failure(set("Call_Type", "Loans", "CallTypeID=9")).contains("which a row keeps"));
        assertTrue(failure(set("Call_Type", "Loans")).startsWith("What is to be changed?"));
        assertEquals(0, editor.commits);
    }

    @Test
    void sendsNothingWhereNothingChanges() throws Exception {
        assertEquals(
                "Call_Type 5001 (Loans) has these values already\n",
                run(set("Call_Type", "Loans", "ServiceLevelThreshold=20")));
        assertEquals(0, editor.commits);
    }

    @Test
    void showsAConflictWithItsPlaceBothValuesWhoAndWhen() throws Exception {
        editor.result = new ConfigurationResult.Refused(List.of(new ConfigurationProblem(
                ConfigurationProblem.Kind.CONFLICT,
                "Call_Type",
                List.of(5001),
                "ServiceLevelThreshold",
                "was 20 when it was read, is to be 30, and is 45 now, by olga@south\u001b",
                new ConfigurationProblem.Conflict(
                        20, 30, 45, "olga@south", Instant.parse("2026-03-02T09:30:00Z"), 590))));
        ConfigSetCommand set = set("Call_Type", "Loans", "ServiceLevelThreshold=30");

        StringBuilder said = new StringBuilder();
        assertEquals("Refused for this reason; nothing was changed", failure(set, said));
        assertEquals(
                "Call_Type 5001 (Loans) ServiceLevelThreshold: was 20 when it was read, is to be 30, and is 45 now, by"
                        + " olga@south?\n",
                said.toString());
    }

    @Test
    void saysWhyTheCentreCannotBeReached() {
        editor.failure = new ConfigurationUnreachable("north: cannot reach tcp://central:61616: Connection refused");
        assertEquals(
                "The centre cannot be reached: north: cannot reach tcp://central:61616: Connection refused",
                failure(set("Call_Type", "Loans", "Description=x")));
    }

    @Test
    void tellsHowToLearnWhatBecameOfAnEditWhoseAnswerWasLost() {
        editor.failure = new ConfigurationUnreachable("lost it; it may have taken effect", true);
        String said = failure(set("Call_Type", "Loans", "Description=x"));
        assertTrue(said.contains("--id " + editor.last.id()), said);
    }

    @Test
    void tellsAnUndecidedEditByWhatItIsAndNotByItsWords() {
        editor.failure = new ConfigurationUnreachable("the disk is full", true);
        String said = failure(set("Call_Type", "Loans", "Description=x"));
        assertTrue(said.startsWith("No answer from the centre: the disk is full."), said);
        assertTrue(said.contains("--id " + editor.last.id()), said);
    }

    @Test
    void doesNowWhatTheCentreDoesNotKnowUnderAGivenId() throws Exception {
        ConfigSetCommand set = set("Call_Type", "Loans", "Description=x");
        set.id = "release-7";
        assertEquals("Changed Call_Type 5001 (Loans), recovery key 600\n", run(set));
        assertEquals("release-7", editor.last.id());
    }

    @Test
    void tellsWhatBecameOfAGivenIdInsteadOfDoingItAgain() throws Exception {
        editor.known(row("Call_Type", 5001, 4, "EnterpriseName", "Loans", "Description", "x", "AbandonWaitTime", 9));
        ConfigSetCommand set = set("Call_Type", "Loans", "Description=x");
        set.id = "release-7";
        assertEquals(COMMITTED + "Call_Type 5001 (Loans) (rtd:config-history)\n", run(set));
        assertEquals(0, editor.commits);
    }

    @Test
    void asksTheCentreAlsoWhereThisNodesCopyShowsNothingLeftToDo() throws Exception {
        ConfigSetCommand set = set("Call_Type", "Loans", "ServiceLevelThreshold=20");
        set.id = "release-7";
        assertEquals("Call_Type 5001 (Loans) has these values already; no transaction release-7 is known\n", run(set));
        editor.known(row("Call_Type", 5001, 3, "EnterpriseName", "Loans", "ServiceLevelThreshold", 20));
        assertEquals(COMMITTED + "Call_Type 5001 (Loans) (rtd:config-history)\n", run(set));

        editor.known(row("Call_Type", 5003, 2, "EnterpriseName", "Old", "Deleted", "Y"));
        ConfigDeleteCommand delete = prepared(new ConfigDeleteCommand());
        delete.words = List.of("Call_Type", "Old");
        delete.id = "release-7";
        assertEquals(COMMITTED + "Call_Type 5003 (Old) (rtd:config-history)\n", run(delete));

        Change gone = Change.delete(Catalog.table("Skill_Group_Member").table(), List.of(900, 905));
        editor.known(gone);
        delete.words = List.of("Skill_Group_Member", "900,905");
        assertEquals(COMMITTED + "Skill_Group_Member 900,905 (rtd:config-history)\n", run(delete));

        editor.known(row("Master_Script", 70, 5, "EnterpriseName", "Welcome", "CurrentVersion", 1));
        ScriptActivateCommand activate = prepared(new ScriptActivateCommand());
        activate.words = List.of("Welcome", "1");
        activate.id = "release-7";
        assertEquals(COMMITTED + "Master_Script 70 (Welcome) (rtd:config-history)\n", run(activate));
        assertEquals(0, editor.commits);
    }

    @Test
    void recognisesANewRowThoughAnotherIdWouldBeAllottedNow() throws Exception {
        editor.known(row("Call_Type", 6999, 1, "EnterpriseName", "Savings", "Deleted", "N"));
        ConfigSetCommand set = set("Call_Type", "new", "EnterpriseName=Savings");
        set.id = "release-7";
        assertEquals(COMMITTED + "Call_Type 6999 (Savings) (rtd:config-history)\n", run(set));
        assertEquals(0, editor.allotted);
    }

    @Test
    void tellsAnAddedVersionByWhatWasAddedAndNotByTheNextNumber() throws Exception {
        Path file = Files.writeString(imported("welcome.txt"), "three");
        editor.known(
                row("Master_Script", 70, 5, "EnterpriseName", "Welcome", "NextAvailableVersion", 3),
                row("Script", 72, 1, "MasterScriptID", 70, "Version", 2, "ScriptText", "three"));
        ScriptImportCommand add = prepared(new ScriptImportCommand());
        add.words = List.of(file.toString(), "Welcome");
        add.id = "release-7";
        assertEquals(COMMITTED + "Master_Script 70 (Welcome), Script 72 (rtd:config-history)\n", run(add));

        Files.writeString(file, "another text");
        assertTrue(failure(add).startsWith("The id release-7 was another transaction's"), failure(add));
    }

    @Test
    void recognisesRowsFromAFile() throws Exception {
        Path file = Files.writeString(
                imported("types.csv"), "EnterpriseName,ServiceLevelThreshold\nLoans,20\nCards,7\nNew one,10\n");
        editor.known(
                row("Call_Type", 5002, 2, "EnterpriseName", "Cards", "ServiceLevelThreshold", 7),
                row("Call_Type", 6999, 1, "EnterpriseName", "New one", "ServiceLevelThreshold", 10));
        ConfigSetCommand set = set("Call_Type");
        set.file = file.toString();
        set.id = "release-7";
        assertEquals(COMMITTED + "Call_Type 5002 (Cards), Call_Type 6999 (New one) (rtd:config-history)\n", run(set));

        editor.known(row("Call_Type", 5002, 2, "EnterpriseName", "Cards", "ServiceLevelThreshold", 8));
        assertTrue(failure(set).startsWith("The id release-7 was another transaction's"), failure(set));
    }

    @Test
    void refusesAnIdThatWasAnotherTransactions() {
        ConfigSetCommand set = set("Call_Type", "Cards", "Description=x");
        set.id = "release-7";
        for (Change other : List.of(
                row("Call_Type", 5001, 4, "EnterpriseName", "Loans", "Description", "x"),
                row("Call_Type", 5002, 4, "EnterpriseName", "Cards", "Description", "y"),
                row("Region", 5002, 4, "RegionName", "Cards"))) {
            editor.known(other);
            String said = failure(set);
            assertTrue(
                    said.startsWith("The id release-7 was another transaction's, committed under recovery key 500 by"
                            + " olga@north at 2026-03-02T09:30:00Z: "),
                    said);
        }
        assertEquals(0, editor.commits);
    }

    @Test
    void tellsWhatBecameOfAnEarlierRunThatWasStillUnderWayWhenItWasAskedFor() throws Exception {
        editor.knownLater(row("Call_Type", 5001, 4, "EnterpriseName", "Loans", "Description", "x"));
        editor.result = new ConfigurationResult.Refused(List.of(new ConfigurationProblem(
                ConfigurationProblem.Kind.TRANSACTION_ID, "Call_Type", List.of(5001), null, "was another's")));
        ConfigSetCommand set = set("Call_Type", "Loans", "Description=x");
        set.id = "release-7";
        assertEquals(COMMITTED + "Call_Type 5001 (Loans) (rtd:config-history)\n", run(set));
    }

    @Test
    void saysWhereItIsNotKnownAnyMoreWhatATransactionChanged() throws Exception {
        editor.known();
        ConfigSetCommand set = set("Call_Type", "Loans", "Description=x");
        set.id = "release-7";
        assertEquals(
                "Transaction release-7 is committed under recovery key 500 by olga@north at 2026-03-02T09:30:00Z; what it"
                        + " changed is not kept any more, or too much to be told (rtd:config-history)\n",
                run(set));
    }

    @Test
    void aCopyOfTheEpochBeforeARestoredBackupDoesNotHaveAnEditUnderItsKey() {
        editor.known(row("Call_Type", 5001, 4, "EnterpriseName", "Loans", "Description", "x"));
        editor.known = Optional.of(new KnownTransaction(
                new Position(18, 500), "olga", null, editor.known.get().changes()));
        ConfigSetCommand set = set("Call_Type", "Loans", "Description=x");
        set.id = "release-7";
        set.timeoutSeconds = 0;
        assertTrue(
                failure(set)
                        .contains("this node's replica is at 17:512, in an epoch before that of the commit, 18:500"),
                failure(set));
    }

    private static final String COMMITTED =
            "Transaction release-7 is committed under recovery key 500 by olga@north at" + " 2026-03-02T09:30:00Z: ";

    private static Change row(String name, int id, int stamp, Object... values) {
        Table table = Catalog.table(name).table();
        Object[] row = new Object[table.columns().size()];
        row[0] = id;
        row[table.column("ChangeStamp")] = stamp;
        for (int i = 0; i < values.length; i += 2) {
            row[table.column((String) values[i])] = values[i + 1];
        }
        return Change.put(table.row(row));
    }

    @Test
    void editsNoRowThatIsMarkedAsDeletedUnlessItBringsItBack() throws Exception {
        assertEquals(
                "Call_Type 5003 (Old) is deleted; rtd:config-set Call_Type 5003 Deleted=N brings it back",
                failure(set("Call_Type", "Old", "Description=x")));
        config.row(
                "Master_Script",
                "MasterScriptID",
                77,
                "EnterpriseName",
                "Gone",
                "NextAvailableVersion",
                2,
                "ChangeStamp",
                1,
                "Deleted",
                "Y");
        ScriptImportCommand add = prepared(new ScriptImportCommand());
        add.words = List.of(Files.writeString(imported("gone.txt"), "two").toString(), "Gone");
        assertTrue(failure(add).startsWith("Master_Script 77 (Gone) is deleted;"));
        ScriptActivateCommand activate = prepared(new ScriptActivateCommand());
        activate.words = List.of("Gone", "1");
        assertTrue(failure(activate).startsWith("Master_Script 77 (Gone) is deleted;"));
        assertEquals(0, editor.commits);

        run(set("Call_Type", "Old", "deleted=N"));
        assertEquals("N", editor.only().row().get("Deleted"));
    }

    @Test
    void saysThatALocalDatabaseDoesNotSayHowFarItIs() {
        ConfigSetCommand set = prepared(new ConfigSetCommand(), (CopyStatusSource) () -> {
            throw new IllegalStateException("closed");
        });
        set.words = List.of("Call_Type", "Loans", "Description=x");
        set.timeoutSeconds = 0;
        String said = failure(set);
        assertTrue(said.contains("committed it under key 600") && said.contains("does not say how far"), said);
    }

    @Test
    void saysHowLongItHasWaitedForThisNodesCopies() {
        editor.arrives = false;
        ConfigSetCommand set = set("Call_Type", "Loans", "Description=x");
        set.timeoutSeconds = 0;
        String said = failure(set);
        assertTrue(
                said.startsWith(
                        "The centre has committed it under key 600, but after 0 s this node's replica is at 512"),
                said);
    }

    @Test
    void waitsForTheLocalDatabaseToo() {
        ConfigSetCommand set = prepared(new ConfigSetCommand(), (CopyStatusSource) () -> copy("north", 599));
        set.words = List.of("Call_Type", "Loans", "Description=x");
        set.timeoutSeconds = 0;
        assertTrue(failure(set).contains("its local database is at 599"), failure(set));
    }

    @Test
    void takesRowsFromAFileInOneTransaction() throws Exception {
        Path file = imported("types.csv");
        Files.writeString(
                file,
                "EnterpriseName,ServiceLevelThreshold,Description\r\nLoans,25,\"for \"\"houses\"\", and land\"\r\nNew one,10,\r\n");
        ConfigSetCommand set = set("Call_Type");
        set.file = file.toString();

        assertEquals("Entered 1 and changed 1 rows of Call_Type, recovery key 600\n", run(set));
        assertEquals(1, editor.commits);
        List<Change> changes = editor.last.changes();
        assertEquals(3, changes.get(0).row().get("ChangeStamp"));
        assertEquals("for \"houses\", and land", changes.get(0).row().get("Description"));
        assertEquals(List.of(7000), changes.get(1).key());
        assertEquals(null, changes.get(1).row().get("Description"));
    }

    @Test
    void namesTheRowOfAFileThatIsWrong() throws Exception {
        Path file = imported("types.csv");
        Files.writeString(file, "EnterpriseName,ServiceLevelThreshold\nLoans,25\nCards,soon\n");
        ConfigSetCommand set = set("Call_Type");
        set.file = file.toString();
        assertTrue(
                failure(set).startsWith("Row 2 of " + file + ": Call_Type.ServiceLevelThreshold takes a whole number"));
        assertEquals(0, editor.commits);
    }

    @Test
    void marksRowsAsDeletedOrTakesThemAway() throws Exception {
        ConfigDeleteCommand delete = prepared(new ConfigDeleteCommand());
        delete.words = List.of("Call_Type", "Loans", "5002");
        assertEquals("Deleted Call_Type 5001 (Loans), Call_Type 5002 (Cards), recovery key 600\n", run(delete));
        assertEquals("Y", editor.last.changes().get(0).row().get("Deleted"));
        assertEquals(3, editor.last.changes().get(0).row().get("ChangeStamp"));

        delete.words = List.of("Skill_Group_Member", "Sales,ada");
        run(delete);
        assertEquals(2, editor.last.changes().size());
        assertEquals(1, editor.last.changes().get(0).row().get("ChangeStamp"), "what it is based on");
        assertEquals(null, editor.last.changes().get(1).row());
        assertEquals(List.of(900, 901), editor.last.changes().get(1).key());

        delete.words = List.of("Call_Type", "Old");
        assertTrue(failure(delete).contains("is deleted already"));
    }

    @Test
    void listsRowsThatAreNotDeleted() throws Exception {
        ConfigListCommand list = prepared(new ConfigListCommand());
        list.words = List.of("Call_Type", "EnterpriseName!=Cards");
        list.columns = "EnterpriseName";
        list.noFormat = true;
        assertEquals(
                List.of("EnterpriseName", "Loans"), run(list).lines().skip(1).toList());

        list.words = List.of();
        assertTrue(run(list).contains("Call_Type\t3\t"), run(list));
    }

    @Test
    void showsOneRowAndWhatItsValuesStandFor() throws Exception {
        ConfigGetCommand get = prepared(new ConfigGetCommand());
        get.words = List.of("Skill_Group_Member", "Sales,901");
        get.noFormat = true;
        assertTrue(run(get).contains("SkillGroupSkillTargetID\t900\tSales\t"), run(get));
        assertTrue(run(get).contains("AgentSkillTargetID\t901\tada\t"), run(get));
    }

    @Test
    void showsWhoChangedARowWhen() throws Exception {
        editor.history = List.of(new HistoryEntry(
                590,
                Instant.parse("2026-03-02T09:30:00Z"),
                "olga@south\u001b",
                "id",
                HistoryEntry.Operation.UPDATE,
                List.of(
                        new HistoryEntry.ColumnChange("ServiceLevelThreshold", 20, 45),
                        new HistoryEntry.ColumnChange("Description", null, "x"))));
        ConfigHistoryCommand history = prepared(new ConfigHistoryCommand());
        history.words = List.of("Call_Type", "Loans");
        history.noFormat = true;
        assertEquals(
                List.of(
                        "590\t2026-03-02T09:30:00Z\tolga@south?\tupdate\tServiceLevelThreshold\t20\t45",
                        "590\t2026-03-02T09:30:00Z\tolga@south?\tupdate\tDescription\tNULL\t'x'"),
                run(history).lines().skip(1).toList());
    }

    @Test
    void listsScriptsAndTheirVersions() throws Exception {
        ScriptListCommand list = prepared(new ScriptListCommand());
        list.noFormat = true;
        assertEquals(
                "Welcome\t70\t1\t2\t–\t–\t",
                run(list).lines().skip(1).findFirst().orElseThrow());

        list.words = List.of("Welcome");
        assertTrue(run(list).contains("1\tcurrent\t71\tolga@north\t1970-01-01T00:00:00Z\t"), run(list));
        assertTrue(run(list).contains("\tCall_Type Loans"), run(list));
    }

    @Test
    void showsAScriptWithoutWhatDisturbsATerminal() throws Exception {
        ScriptShowCommand show = prepared(new ScriptShowCommand());
        show.words = List.of("Welcome");
        assertEquals("say hello?[31m\n    queue Sales\n", run(show));

        show.words = List.of("Welcome", "7");
        assertEquals("Welcome has no version 7; it has 1, 2", failure(show));
    }

    @Test
    void addsTheNextVersionOfAScriptAndWhatItUses() throws Exception {
        Path file = Files.writeString(imported("welcome.txt"), "three");
        ScriptImportCommand add = prepared(new ScriptImportCommand());
        add.words = List.of(file.toString(), "Welcome", "--uses", "Skill_Group:Sales", "--activate");

        assertEquals("Version 3 of Welcome is added and current, recovery key 600\n", run(add));
        List<Change> changes = editor.last.changes();
        assertEquals(4, changes.get(0).row().get("NextAvailableVersion"));
        assertEquals(3, changes.get(0).row().get("CurrentVersion"));
        assertEquals(4, changes.get(0).row().get("ChangeStamp"));
        assertEquals("three", changes.get(1).row().get("ScriptText"));
        assertEquals(List.of(7000, 2, 900), changes.get(2).key());
    }

    @Test
    void makesANewScript() throws Exception {
        Path file = Files.writeString(imported("bye.txt"), "one");
        ScriptImportCommand add = prepared(new ScriptImportCommand());
        add.words = List.of(file.toString(), "Goodbye");

        assertEquals("Version 1 of Goodbye is added, recovery key 600\n", run(add));
        assertEquals(2, editor.last.changes().get(0).row().get("NextAvailableVersion"));
        assertEquals(0, editor.last.changes().get(0).row().get("ChangeStamp"));
    }

    @Test
    void rollsAScriptForwardAndBack() throws Exception {
        ScriptActivateCommand activate = prepared(new ScriptActivateCommand());
        activate.words = List.of("Welcome", "2");
        assertEquals("Version 2 of Welcome is current now, after 1, recovery key 600\n", run(activate));

        activate.words = List.of("Welcome", "1");
        assertEquals("Version 1 of Welcome is current already\n", run(activate));
        activate.words = List.of("Welcome", "9");
        assertEquals("Welcome has no version 9; it has 1, 2", failure(activate));
    }

    @Test
    void completesTablesKeysColumnsAndValues() {
        ConfigSetCompleter completer = new ConfigSetCompleter();
        completer.context = CommandsTest.services(config);

        assertTrue(completer.suggest(List.of("rtd:config-set"), "Ca").contains("Call_Type"));
        assertTrue(completer.suggest(List.of("rtd:config-set"), "t_").contains("t_Call_Type"));
        assertEquals(List.of("new", "Loans", "Cards"), completer.suggest(List.of("rtd:config-set", "Call_Type"), ""));
        assertTrue(
                completer.suggest(List.of("rtd:config-set", "Call_Type"), "50").contains("5001"));
        List<String> columns = completer.suggest(List.of("rtd:config-set", "Call_Type", "Loans"), "");
        assertTrue(columns.contains("Description="));
        assertFalse(columns.contains("ChangeStamp="));
        assertEquals(
                List.of("PeripheralID=pbx"),
                completer.suggest(List.of("rtd:config-set", "Agent", "ada"), "PeripheralID="));
        assertEquals(
                List.of("Deleted=Y", "Deleted=N"),
                completer.suggest(List.of("rtd:config-set", "Agent", "ada"), "Deleted="));
        assertTrue(completer
                .suggest(List.of("rtd:config-set", "--timeout", "3"), "Ca")
                .contains("Call_Type"));
        assertTrue(completer.suggest(List.of("rtd:config-set"), "--").contains("--file"));
    }

    @Test
    void showsEveryCopyOnOneScreen() throws Exception {
        SyncStatus.Picture picture = new SyncStatus.Picture(
                "central",
                "",
                List.of(
                        new CopyReport(copy("north-1", 510), "north", 2, 350, 1_200),
                        new CopyReport(copy("south-1", 1), "south", -1, -1, 700_000)));
        SyncStatusCommand sync =
                prepared(new SyncStatusCommand(), (SyncStatus) () -> CompletableFuture.completedFuture(picture));
        String said = run(sync);
        assertTrue(said.startsWith("As the centre knows it, central\n"), said);
        assertTrue(said.contains("north-1  local database  north  abcdefgh  3:510       2  0.3 s  LIVE"), said);
        assertTrue(said.contains("11 min ago"), said);
        sync.json = true;
        assertTrue(run(sync).contains("\"recoveryKey\":510,\"lag\":2,\"lagMillis\":350"), run(sync));
    }

    @Test
    void saysThatTheCentreCannotBeAsked() throws Exception {
        SyncStatusCommand sync = prepared(new SyncStatusCommand(), (SyncStatus) () ->
                CompletableFuture.completedFuture(new SyncStatus.Picture("client-1", "lost tcp://north", List.of())));
        assertTrue(run(sync).startsWith("The centre cannot be asked: lost tcp://north. As known at client-1"));
        sync.noFormat = true;
        assertEquals("The centre cannot be asked: lost tcp://north. As known at client-1", failure(sync));
    }

    // ----------------------------------------------------------------

    private static CopyStatus copy(String node, long key) {
        return new CopyStatus(
                node,
                CopyStatus.Kind.LOCAL_DATABASE,
                "abcdefghijk",
                new Position(3, key),
                2,
                FeedState.LIVE.toString(),
                CopyStatus.Digests.EQUAL,
                null,
                "");
    }

    private ConfigSetCommand set(String... words) {
        ConfigSetCommand set = prepared(new ConfigSetCommand());
        set.words = List.of(words);
        return set;
    }

    private <C extends RtdCommand> C prepared(C command, Object... more) {
        List<Object> services = new ArrayList<>(List.of(config, editor));
        services.addAll(Arrays.asList(more));
        command.context = CommandsTest.services(services.toArray());
        command.session = (Session) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Session.class}, (proxy, method, arguments) -> null);
        return command;
    }

    private static String run(RtdCommand command) throws Exception {
        return CommandsTest.run(command);
    }

    private static String failure(RtdCommand command) {
        return failure(command, new StringBuilder());
    }

    private static String failure(RtdCommand command, StringBuilder said) {
        String[] message = new String[1];
        try {
            said.append(CommandsTest.run(() -> {
                message[0] =
                        assertThrows(CommandException.class, command::execute).getMessage();
                return null;
            }));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        return message[0];
    }

    /** Commits whatever it is given under the next key. */
    private final class Editor implements ConfigurationEditor {

        ConfigurationTransaction last;
        int commits;
        ConfigurationResult result = new ConfigurationResult.Committed(600);
        RuntimeException failure;
        List<HistoryEntry> history = List.of();
        boolean arrives = true;
        Optional<KnownTransaction> known = Optional.empty();
        private Optional<KnownTransaction> later = Optional.empty();
        int allotted;

        void known(Change... changes) {
            known = Optional.of(new KnownTransaction(
                    new Position(17, 500), "olga@north", Instant.parse("2026-03-02T09:30:00Z"), List.of(changes)));
        }

        /** Not before something is committed. */
        void knownLater(Change... changes) {
            known(changes);
            later = known;
            known = Optional.empty();
        }

        @Override
        public CompletableFuture<Optional<KnownTransaction>> find(String transactionId, boolean withChanges) {
            return CompletableFuture.completedFuture(known);
        }

        Change only() {
            assertEquals(1, last.changes().size());
            return last.changes().get(0);
        }

        @Override
        public CompletableFuture<ConfigurationResult> commit(ConfigurationTransaction transaction) {
            last = transaction;
            commits++;
            known = later;
            if (failure != null) {
                return CompletableFuture.failedFuture(failure);
            }
            if (arrives) {
                config.position = new Position(17, 600);
            }
            return CompletableFuture.completedFuture(result);
        }

        @Override
        public CompletableFuture<List<HistoryEntry>> history(String table, List<Object> key, int limit) {
            return CompletableFuture.completedFuture(history);
        }

        @Override
        public CompletableFuture<Integer> allotIds(String table, int count) {
            allotted++;
            return CompletableFuture.completedFuture(7000);
        }
    }
}
