/** Databases for tests: fresh ones, of every product that a node can use. */
@Export
@Version("1.0.0")
package org.openrtd.sql.testing;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
