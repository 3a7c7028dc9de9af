/**
 * What differs between database products, behind one seam; schemas that are brought up to date by numbered files; and
 * feeds' tables in a database: created, read and written from their descriptions.
 */
@Export
@Version("1.0.0")
package org.openrtd.sql;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
