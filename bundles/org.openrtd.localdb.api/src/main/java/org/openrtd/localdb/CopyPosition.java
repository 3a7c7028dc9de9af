package org.openrtd.localdb;

import org.openrtd.feed.Cut;
import org.openrtd.feed.Position;

/**
 * What a feed's rows in the local database are a copy of. Committed with the rows themselves.
 *
 * @param feedId the id of the central database that they came from
 * @param position where in the feed's history they are
 * @param cut the moment at which the origin cut that position
 * @param schemaVersion the feed's version as it was then
 * @param complete whether all rows of the position are there; not while a first load is at work
 * @param progress how far that load has come, in its own words; else empty
 */
public record CopyPosition(
        String feedId, Position position, Cut cut, int schemaVersion, boolean complete, String progress) {}
