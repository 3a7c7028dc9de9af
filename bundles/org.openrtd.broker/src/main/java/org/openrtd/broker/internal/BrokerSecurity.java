package org.openrtd.broker.internal;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.Principal;
import java.security.SecureRandom;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import javax.security.auth.Subject;
import org.apache.activemq.artemis.core.remoting.impl.invm.InVMConnection;
import org.apache.activemq.artemis.core.security.CheckType;
import org.apache.activemq.artemis.core.security.Role;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;
import org.apache.activemq.artemis.spi.core.security.ActiveMQSecurityManager5;
import org.apache.activemq.artemis.spi.core.security.jaas.UserPrincipal;
import org.openrtd.access.Accounts;
import org.openrtd.feed.jms.Addresses;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets in the node's users that have a role here, and the node itself over connections that never leave the process. */
final class BrokerSecurity implements ActiveMQSecurityManager5 {

    static final String NODE_USER = "openrtd-node";
    private static final Logger LOG = LoggerFactory.getLogger(BrokerSecurity.class);
    private static final Set<String> ROLES =
            Set.of(Addresses.GATEWAY_ROLE, Addresses.DISTRIBUTOR_ROLE, Addresses.CLIENT_ROLE, Addresses.EDITOR_ROLE);
    /** Names in refusals are told once each, and only so many, as who is refused chooses them. */
    private static final int MAX_TOLD = 256;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.@-]{1,64}");

    private record Login(AddressRules.User user) implements Principal {
        @Override
        public String getName() {
            return user.name();
        }
    }

    private final Accounts accounts;
    private final AddressRules rules;
    private final String secret;
    private final LongAdder refusedLogins = new LongAdder();
    private final LongAdder refusedUses = new LongAdder();
    /** Of users that have logged in, so no more than there are accounts. */
    private final Map<String, Set<String>> roles = new ConcurrentHashMap<>();

    private final Map<String, Boolean> told = new ConcurrentHashMap<>();

    BrokerSecurity(Accounts accounts, AddressRules rules) {
        this.accounts = accounts;
        this.rules = rules;
        byte[] random = new byte[24];
        new SecureRandom().nextBytes(random);
        this.secret = HexFormat.of().formatHex(random);
    }

    String secret() {
        return secret;
    }

    /** As of the last login; none of a user that has never logged in. */
    Set<String> roles(String user) {
        return roles.getOrDefault(user, Set.of());
    }

    long refusedLogins() {
        return refusedLogins.sum();
    }

    long refusedUses() {
        return refusedUses.sum();
    }

    @Override
    public Subject authenticate(String user, String password, RemotingConnection connection, String domain) {
        if (user == null || password == null) {
            return refuse("-", connection, "no user or no password was given; there is no anonymous access");
        }
        if (user.equals(NODE_USER)) {
            boolean inside = connection.getTransportConnection() instanceof InVMConnection;
            // Takes the same time however much of it is right.
            boolean right = MessageDigest.isEqual(
                    secret.getBytes(StandardCharsets.UTF_8), password.getBytes(StandardCharsets.UTF_8));
            return inside && right
                    ? subject(new AddressRules.User(user, Set.of(), true))
                    : refuse(user, connection, "that name is kept for the node itself");
        }
        Optional<Set<String>> found = accounts.roles(user, password);
        if (found.isEmpty()) {
            return refuse(user, connection, "wrong user or password");
        }
        if (Collections.disjoint(found.get(), ROLES)) {
            return refuse(user, connection, "none of the roles rtd-gateway, rtd-distributor, rtd-client, rtd-editor");
        }
        try {
            Addresses.word(user);
        } catch (IllegalArgumentException e) {
            return refuse("?", connection, e.getMessage());
        }
        roles.put(user, found.get());
        return subject(new AddressRules.User(user, found.get(), false));
    }

    private static Subject subject(AddressRules.User user) {
        // Artemis stamps the messages of this session with the name in its own UserPrincipal.
        return new Subject(true, Set.of(new Login(user), new UserPrincipal(user.name())), Set.of(), Set.of());
    }

    private Subject refuse(String user, RemotingConnection connection, String why) {
        refusedLogins.increment();
        // The name comes from outside; only what cannot disturb a log is repeated.
        String name = NAME.matcher(user).matches() ? user : "?";
        if (told.size() < MAX_TOLD && told.putIfAbsent(name + why, true) == null) {
            LOG.warn(
                    "Refused a login of user {} from {}: {} (etc/users.properties); further ones are only counted",
                    name,
                    connection.getRemoteAddress(),
                    why);
        }
        return null;
    }

    @Override
    public boolean authorize(Subject subject, Set<Role> roles, CheckType action, String address) {
        for (Login login : subject.getPrincipals(Login.class)) {
            // With a subscription's name behind the address. It is random, so nobody else can name it.
            int queue = address.indexOf("::");
            String plain = queue < 0 ? address : address.substring(0, queue);
            if (rules.allows(login.user(), action, plain)) {
                return true;
            }
            refusedUses.increment();
            LOG.debug("User {} may not {} at {}", login.getName(), action, plain);
        }
        return false;
    }

    @Override
    public String getDomain() {
        return "karaf";
    }

    /** Not asked of a manager of this version. */
    @Override
    public boolean validateUser(String user, String password) {
        return false;
    }

    /** Not asked of a manager of this version. */
    @Override
    public boolean validateUserAndRole(String user, String password, Set<Role> roles, CheckType action) {
        return false;
    }
}
