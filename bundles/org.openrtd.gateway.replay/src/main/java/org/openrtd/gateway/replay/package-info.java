/** Recorded calls as events. */
@Export
@Version("1.0.0")
package org.openrtd.gateway.replay;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
