/**
 * Carries a feed over the topics of an Artemis broker: the node's own, or one reached by URL.
 */
@Export
@Version("1.0.0")
package org.openrtd.feed.jms;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
