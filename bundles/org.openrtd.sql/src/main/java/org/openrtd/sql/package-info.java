/**
 * What differs between database products, behind one seam, and schemas that are brought up to date by numbered files.
 */
@Export
@Version("1.0.0")
package org.openrtd.sql;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
