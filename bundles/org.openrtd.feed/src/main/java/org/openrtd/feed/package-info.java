/**
 * The feed: a set of tables with one history, carried from its origin over relays to followers that each keep a replica
 * which is provably equal to the origin.
 *
 * <p>Plain Java. Time, randomness and transport are passed in, so that one seed replays one history exactly. The wire
 * form and the rules are in {@code docs/feed-protocol.md}.
 */
@Export
@Version("1.0.0")
package org.openrtd.feed;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
