package org.openrtd.itests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.session.ClientSession;
import org.openrtd.itests.Ledger.Logged;

/** A node's console for tests that give many commands, without a process for each. */
final class Console implements AutoCloseable {

    /** Longer than any command waits by itself. */
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final int port;
    private final String user;
    private final String password;
    private final SshClient client = SshClient.setUpDefaultClient();

    Console(int port, String user, String password) {
        this.port = port;
        this.user = user;
        this.password = password;
        client.setServerKeyVerifier((session, address, key) -> true);
        client.start();
    }

    /**
     * Gives one command.
     *
     * @return all that it says
     * @throws IOException when the node is not there, or was gone before the command had ended
     */
    String run(String command) throws IOException {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try (ClientSession session =
                        client.connect(user, "127.0.0.1", port).verify(LONGEST).getSession();
                ChannelExec channel = command(session, command)) {
            channel.setOut(said);
            channel.setErr(said);
            channel.open().verify(LONGEST);
            channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), TimeUnit.SECONDS.toMillis(60));
            if (channel.getExitStatus() == null) {
                throw new IOException("the connection ended before the command: " + command);
            }
        } catch (RuntimeException lost) {
            // Which step finds a session that has ended decides whether the library says so by a checked exception.
            throw new IOException("the console at port " + port + " was lost: " + lost, lost);
        }
        return said.toString(StandardCharsets.UTF_8).replaceAll("\u001b\\[[0-9;?]*[a-zA-Z]", "");
    }

    /** At the centre: what its change log says of these call types' descriptions, but for their first entry. */
    List<Logged> logged(Collection<String> callTypes) throws IOException {
        List<Logged> log = new ArrayList<>();
        for (String row : callTypes) {
            JsonNode entries = JSON.readTree(run("rtd:config-history Call_Type " + row + " --limit 10000 --json"));
            for (JsonNode entry : entries) {
                for (JsonNode column : entry.get("columns")) {
                    if (column.get("column").asText().equals("Description")
                            && !entry.get("operation").asText().equals("ADD")) {
                        log.add(new Logged(
                                entry.get("recoveryKey").asLong(),
                                entry.get("id").asText(),
                                row,
                                column.get("before").asText(""),
                                column.get("after").asText("")));
                    }
                }
            }
        }
        return log;
    }

    /** A session for each: the console ends it after a command. */
    private ChannelExec command(ClientSession session, String command) throws IOException {
        session.addPasswordIdentity(password);
        session.auth().verify(LONGEST);
        return session.createExecChannel(command);
    }

    @Override
    public void close() {
        client.stop();
    }
}
