/**
 * The local database of a site: its tables, which are those of all feeds, and what their writers need.
 */
@Export
@Version("1.0.0")
package org.openrtd.localdb;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
