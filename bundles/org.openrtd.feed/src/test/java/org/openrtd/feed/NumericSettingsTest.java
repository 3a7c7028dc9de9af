package org.openrtd.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;

class NumericSettingsTest {

    @interface Config {
        String host() default "127.0.0.1";

        int port() default 61616;

        long millis() default 1;
    }

    @Test
    void namesKeyValueAndFileOfANumberThatIsNone() {
        Config typo = config(() -> Integer.parseInt("abc"));

        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class, () -> NumericSettings.check(Config.class, typo, "org.openrtd.broker"));

        assertEquals(
                "port = abc is not a number that fits: correct it in etc/org.openrtd.broker.cfg", refused.getMessage());
    }

    @Test
    void handsOnSettingsWhoseNumbersCanBeRead() {
        Config good = config(() -> 5000);

        assertSame(good, NumericSettings.check(Config.class, good, "org.openrtd.broker"));
    }

    private static Config config(java.util.function.IntSupplier port) {
        return (Config) Proxy.newProxyInstance(
                Config.class.getClassLoader(),
                new Class<?>[] {Config.class},
                (proxy, method, arguments) ->
                        method.getName().equals("port") ? port.getAsInt() : method.getDefaultValue());
    }
}
