/**
 * A site's live state in a plain Java program: {@link org.openrtd.client.OpenRtdClient} follows the distributors of a site,
 * without OSGi, with the same engine as a node's role {@code client}.
 */
@Export
@Version("1.0.0")
package org.openrtd.client;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
