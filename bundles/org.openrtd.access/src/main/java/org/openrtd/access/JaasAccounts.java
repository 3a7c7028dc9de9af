package org.openrtd.access;

import java.io.IOException;
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

    public JaasAccounts(String realm) {
        this.realm = realm;
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
