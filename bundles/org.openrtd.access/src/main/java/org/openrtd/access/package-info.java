/** Who may come to a node over the network, and where it listens for them: what the broker and the web interface share. */
@Export
@Version("1.0.0")
package org.openrtd.access;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
