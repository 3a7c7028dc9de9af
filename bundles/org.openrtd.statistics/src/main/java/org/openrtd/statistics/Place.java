package org.openrtd.statistics;

/** A call's place in the queue of one skill group. */
final class Place extends Wait {

    final SkillGroup group;

    Place(SkillGroup group) {
        this.group = group;
    }
}
