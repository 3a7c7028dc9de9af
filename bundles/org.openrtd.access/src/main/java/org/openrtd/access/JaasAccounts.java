package org.openrtd.access;

import java.io.IOException;
import java.nio.file.Path;
import java.security.Principal;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.security.auth.Subject;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.FailedLoginException;
import javax.security.auth.login.LoginContext;
import javax.security.auth.login.LoginException;
import org.apache.karaf.jaas.boot.principal.RolePrincipal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The users that the container knows, by one of its JAAS realms. */
public final class JaasAccounts implements Accounts {

    private static final Logger LOG = LoggerFactory.getLogger(JaasAccounts.class);

    private final String realm;
    private final UsersFile users;

    private JaasAccounts(String realm, UsersFile users) {
        this.realm = realm;
        this.users = users;
    }

    /** Of the container's own realm. */
    public static JaasAccounts ofContainer() {
        return new JaasAccounts("karaf", null);
    }

    /** The same, which also tells when its file says something else of a user. */
    public static JaasAccounts watchingContainer() {
        Path file = Path.of(System.getProperty("karaf.etc", "etc"), "users.properties");
        return new JaasAccounts("karaf", new UsersFile(file, System::currentTimeMillis));
    }

    @Override
    public String version(String user) {
        return users == null ? "" : users.of(user);
    }

    @Override
    public Optional<Set<String>> roles(String user, String password) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        // JAAS loads the realm's module through the thread's class loader.
        thread.setContextClassLoader(JaasAccounts.class.getClassLoader());
        try {
            Subject subject = new Subject();
            new LoginContext(realm, subject, callbacks -> answer(callbacks, user, password)).login();
            if (users != null) {
                // A password in clear is being replaced by its digest, which is no other password.
                users.settle();
            }
            return Optional.of(subject.getPrincipals(RolePrincipal.class).stream()
                    .map(Principal::getName)
                    .collect(Collectors.toUnmodifiableSet()));
        } catch (FailedLoginException e) {
            return Optional.empty();
        } catch (LoginException e) {
            LOG.debug("Realm {} refused a login", realm, e);
            return Optional.empty();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static void answer(Callback[] callbacks, String user, String password)
            throws IOException, UnsupportedCallbackException {
        for (Callback callback : callbacks) {
            if (callback instanceof NameCallback name) {
                name.setName(user);
            } else if (callback instanceof PasswordCallback secret) {
                secret.setPassword(password.toCharArray());
            } else {
                throw new UnsupportedCallbackException(callback);
            }
        }
    }
}
