/**
 * What the Derby engine of a node does beyond its data sources: it lets guests read one database over the network.
 */
@Export
@Version("1.0.0")
package org.openrtd.derby;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
