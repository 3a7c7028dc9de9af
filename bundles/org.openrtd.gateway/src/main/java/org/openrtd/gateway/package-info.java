/**
 * What gateways share: the link that carries their events to the centre, each once and in order, however often either
 * end or the line between them fails.
 */
@Export
@Version("1.0.0")
package org.openrtd.gateway;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
