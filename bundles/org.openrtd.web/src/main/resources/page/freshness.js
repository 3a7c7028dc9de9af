/**
 * Whether the numbers on the page are current, and if not, who broke. Three heartbeats is the most that may pass
 * between a break anywhere, from the peripheral to this page, and the page's saying so; so this trusts nothing that it
 * has not heard, and judges the page's own connection by the page's own clock.
 *
 * Pure: the time of the page's monotonic clock, in ms, is handed in with everything.
 */

export const HEARTBEAT = 1000;

/** How often the page judges: so much sooner it must, to have said it within three heartbeats. */
export const JUDGE_EVERY = 250;
export const STALE_AFTER = 3 * HEARTBEAT - JUDGE_EVERY;

/** How long the way of a heartbeat may be seen to be at its shortest before that is forgotten: clocks drift. */
const LAG_WINDOW = 600000;

/** @typedef {{part: string, name: string, text: string, since: number|null, feeds: string[]|null}} Cause */

export class Freshness {
  #heardAt = null;
  #startedAt;
  #trouble = '';
  #feeds = new Map();
  #broken = [];
  #ways = [];
  #lag = 0;
  #first = false;

  constructor(now) {
    this.#startedAt = now;
  }

  /** Anything at all arrived on the stream. */
  heard(now) {
    this.#heardAt = now;
    this.#trouble = '';
  }

  /** The connection could not be made or ended; said only once it has lasted. */
  trouble(reason) {
    this.#trouble = reason;
  }

  /** A new connection: what earlier ones took is no measure for it. */
  connected() {
    this.#ways = [];
    this.#lag = 0;
  }

  /** A `state` event, or the facts of a `snapshot`. */
  feed(facts, now) {
    this.heard(now);
    this.#feeds.set(facts.feed, { ...this.#feeds.get(facts.feed), ...facts, at: now });
    if (facts.epoch > 0 || facts.tables) this.#first = true;
  }

  /** A `heartbeat` event. `hostNow` is the sender's clock in ms. */
  heartbeat(beat, now) {
    this.heard(now);
    for (const [feed, facts] of Object.entries(beat.feeds ?? {})) {
      this.#feeds.set(feed, { ...this.#feeds.get(feed), ...facts, feed, at: now });
    }
    this.#broken = beat.broken ?? [];
    const host = Date.parse(beat.now);
    if (Number.isFinite(host)) this.#way(now - host, now);
  }

  /** A slow line can bring an unbroken stream late: a heartbeat is late by what its way is longer than the shortest was. */
  #way(way, now) {
    while (this.#ways.length && (this.#ways[0].at < now - LAG_WINDOW)) this.#ways.shift();
    while (this.#ways.length && this.#ways.at(-1).way >= way) this.#ways.pop();
    this.#ways.push({ at: now, way });
    this.#lag = way - this.#ways[0].way;
  }

  /** How long nothing has been heard, in ms. */
  silence(now) {
    return now - (this.#heardAt ?? this.#startedAt);
  }

  /** Whether the stream has been late for long enough to try another one. */
  late() {
    return this.#lag > STALE_AFTER;
  }

  /** The age of a feed's numbers as shown: what the node said, and the time since. */
  age(feed, now) {
    const facts = this.#feeds.get(feed);
    return facts?.ageMillis == null ? null : facts.ageMillis + this.#lag + (now - facts.at);
  }

  /**
   * @returns {{level: 'waiting'|'live'|'stale', causes: Cause[], feeds: Set<string>, peripherals: Set<string>, all: boolean, age: number|null}}
   *     `feeds` and `peripherals` are those whose numbers are not current, `all` when none are
   */
  assess(now) {
    const silence = this.silence(now);
    const causes = [];
    const feeds = new Set();
    const peripherals = new Set();
    // what would be young enough but for the silence is the connection's fault, not the feed's
    const waited = silence > 1.5 * HEARTBEAT && [...this.#feeds.keys()].some((feed) => this.age(feed, now) > STALE_AFTER && this.age(feed, now - silence) <= STALE_AFTER);
    const silent = silence > STALE_AFTER || waited;
    const all = silent || this.#lag > STALE_AFTER;
    if (silent) {
      const trouble = this.#trouble ? `: ${this.#trouble.replace(/\.$/, '')}` : '';
      causes.push({ part: 'connection', name: '', text: `This page hears nothing from its server${trouble}`, since: now - silence, feeds: null });
    } else if (all) {
      const text = 'What this page hears from its server comes late: the line between them is slow';
      causes.push({ part: 'connection', name: '', text, since: now - this.#lag, feeds: null });
    } else {
      for (const b of this.#broken) {
        if (b.part === 'peripheral') peripherals.add(b.name);
        for (const feed of b.feeds ?? []) feeds.add(feed);
        causes.push({ part: b.part, name: b.name ?? '', text: sentence(b), since: b.since ?? null, feeds: b.feeds ?? [] });
      }
      const unexplained = new Map();
      for (const [feed, facts] of this.#feeds) {
        const bad = facts.stale || facts.state !== 'LIVE';
        if (feeds.has(feed) || !(bad || this.age(feed, now) > STALE_AFTER)) continue;
        const why = bad ? facts.reason || facts.state : 'nothing new has come';
        unexplained.set(why, [...(unexplained.get(why) ?? []), feed]);
      }
      for (const [why, named] of unexplained) {
        named.forEach((feed) => feeds.add(feed));
        const text = `The feed${named.length > 1 ? 's' : ''} ${named.join(', ')} ${named.length > 1 ? 'are' : 'is'} not current: ${why}`;
        causes.push({ part: 'feed', name: named.join(), text, since: null, feeds: named });
      }
    }
    let age = null;
    for (const feed of this.#feeds.keys()) {
      const a = this.age(feed, now);
      if (a != null && (age == null || a > age)) age = a;
    }
    const level = causes.length ? 'stale' : this.#first ? 'live' : 'waiting';
    return { level, causes, feeds, peripherals, all, age };
  }
}

const PARTS = { peripheral: 'The peripheral', centre: 'The centre', distributor: 'The distributor', node: 'This server' };

/** "The centre central is not current: cannot reach …", from what the node says of what broke. */
function sentence(broken) {
  const name = broken.part === 'node' ? '' : broken.name;
  const what = [PARTS[broken.part] ?? `The ${broken.part}`, name].filter(Boolean).join(' ');
  // a link's state is no word for a supervisor; a gateway's, silent or lost, is
  const how = broken.part === 'peripheral' && broken.state ? ` is ${String(broken.state).toLowerCase()}` : ' is not current';
  return `${what}${how}${broken.reason ? `: ${broken.reason}` : '.'}`;
}
