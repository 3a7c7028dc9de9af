/**
 * The statistics of the contact centre as a pure fold: state and event give state and changed rows. Nothing here reads a
 * clock, a file or a random number, so one log of events always gives the same rows.
 */
@Export
@Version("1.0.0")
package org.openrtd.statistics;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
