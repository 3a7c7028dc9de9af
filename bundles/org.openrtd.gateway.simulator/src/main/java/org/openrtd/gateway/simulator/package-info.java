/** A simulated contact centre as events. */
@Export
@Version("1.0.0")
package org.openrtd.gateway.simulator;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
