/**
 * The central database, as the roles of the central controller see it: the log of all events in fold order with its
 * checkpoints, and the configuration with its change log, which is the origin of the {@code config} feed.
 */
@Export
@Version("1.0.0")
package org.openrtd.centraldb;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
