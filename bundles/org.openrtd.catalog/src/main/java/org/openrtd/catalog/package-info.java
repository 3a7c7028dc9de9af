/**
 * The contact-centre tables: their names, columns, keys, units and code lists, spelled as reports in this field spell
 * them; and of each column what moves it, whether it is sensitive, and whether any event determines it at all.
 */
@Export
@Version("1.0.0")
package org.openrtd.catalog;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
