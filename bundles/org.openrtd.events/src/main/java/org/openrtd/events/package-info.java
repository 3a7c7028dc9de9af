/**
 * What gateways tell the centre: the events of calls and agents, how they are numbered, and their wire form, which
 * {@code docs/events.md} documents byte by byte.
 */
@Export
@Version("1.0.0")
package org.openrtd.events;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
