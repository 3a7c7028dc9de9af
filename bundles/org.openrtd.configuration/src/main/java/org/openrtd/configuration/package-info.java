/**
 * A configuration transaction, what becomes of it, and where edits go from this node. Knows the catalog's tables, and
 * neither the database behind them nor the line in between.
 */
@Export
@Version("1.0.0")
package org.openrtd.configuration;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
