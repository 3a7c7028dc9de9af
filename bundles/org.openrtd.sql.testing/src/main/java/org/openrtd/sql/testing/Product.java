package org.openrtd.sql.testing;

/** What a node can keep its databases in. A suite that runs on both is a {@code ParameterizedClass} over this enum. */
public enum Product {
    DERBY,
    /** A real server, on Linux x86_64; elsewhere, the tests that ask for one are skipped. */
    POSTGRESQL
}
