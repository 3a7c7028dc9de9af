/** Colours by limits that the viewer sets. No DOM; the store is handed in (localStorage, or a Map-like in tests). */

import { duration, parseDuration, percent } from './format.js';

const KEY = 'openrtd.thresholds';

/**
 * What can be watched. `above`: a value at or past the limit is bad; otherwise one below it is.
 * @type {{id: string, label: string, unit: 'count'|'s'|'%', above: boolean, warn: number|null, alarm: number|null}[]}
 */
export const MEASURES = [
  { id: 'waiting', label: 'Calls waiting, in a row', unit: 'count', above: true, warn: 5, alarm: 10 },
  { id: 'waitingSite', label: 'Calls waiting, all together', unit: 'count', above: true, warn: 20, alarm: 40 },
  { id: 'oldest', label: 'Oldest call waiting', unit: 's', above: true, warn: 60, alarm: 180 },
  { id: 'serviceLevel', label: 'Service level', unit: '%', above: false, warn: 0.8, alarm: 0.6 },
  { id: 'abandoned', label: 'Calls abandoned, of those offered', unit: '%', above: true, warn: 0.05, alarm: 0.1 },
  { id: 'available', label: 'Agents available in a skill group', unit: 'count', above: false, warn: 1, alarm: null },
  { id: 'talking', label: 'Talking for', unit: 's', above: true, warn: 900, alarm: 1800 },
  { id: 'hold', label: 'Calls on hold for', unit: 's', above: true, warn: 120, alarm: 300 },
  { id: 'work', label: 'After-call work for', unit: 's', above: true, warn: 180, alarm: 600 },
  { id: 'notReady', label: 'Not ready for', unit: 's', above: true, warn: 1800, alarm: 3600 },
  { id: 'reserved', label: 'Ringing for', unit: 's', above: true, warn: 20, alarm: 45 },
];

/** Which measure watches how long an agent has been in a state, by AgentState. */
export const STATE_MEASURE = { 2: 'notReady', 4: 'talking', 5: 'work', 6: 'work', 8: 'reserved', 10: 'hold' };

export class Thresholds {
  #limits = new Map();
  #store;

  constructor(store) {
    this.#store = store;
    this.reset(false);
    this.load();
  }

  /** Takes what is stored; anything that does not make sense there counts as absent. */
  load() {
    let stored;
    try {
      stored = JSON.parse(this.#store?.getItem(KEY) ?? '{}');
    } catch {
      stored = {};
    }
    for (const m of MEASURES) {
      const s = stored?.[m.id];
      if (s === null || typeof s !== 'object') continue;
      this.#limits.set(m.id, { warn: limit(s.warn), alarm: limit(s.alarm) });
    }
  }

  get(id) {
    return this.#limits.get(id);
  }

  set(id, warn, alarm) {
    this.#limits.set(id, { warn: limit(warn), alarm: limit(alarm) });
    this.#save();
  }

  reset(save = true) {
    for (const m of MEASURES) this.#limits.set(m.id, { warn: m.warn, alarm: m.alarm });
    if (save) {
      try {
        this.#store?.removeItem(KEY);
      } catch {
        // a viewer who forbids storage has the limits until the page is left
      }
    }
  }

  /** '', 'warn' or 'alarm'. A value that nothing determines is neither. */
  level(id, value) {
    if (value == null || !Number.isFinite(value)) return '';
    const m = BY_ID.get(id);
    const { warn, alarm } = this.#limits.get(id);
    const past = (l) => l != null && (m.above ? value >= l : value < l);
    return past(alarm) ? 'alarm' : past(warn) ? 'warn' : '';
  }

  #save() {
    try {
      this.#store?.setItem(KEY, JSON.stringify(Object.fromEntries(this.#limits)));
    } catch {
      // as above
    }
  }
}

const BY_ID = new Map(MEASURES.map((m) => [m.id, m]));

/** A limit as the viewer writes it; '' for none. */
export function showLimit(measure, value) {
  if (value == null) return '';
  if (measure.unit === 's') return duration(value);
  if (measure.unit === '%') return percent(value).replace(/\.0(?=\D)/, '').replace(/[^\d.]/g, '');
  return String(value);
}

/** The limit that the viewer wrote: null for none, NaN when it cannot be read. */
export function readLimit(measure, text) {
  if (text.trim() === '') return null;
  if (measure.unit === 's') return parseDuration(text);
  const n = Number(text.replace('%', '').replace(',', '.').trim());
  if (!Number.isFinite(n) || n < 0) return NaN;
  if (measure.unit === '%') return n <= 100 ? n / 100 : NaN;
  return Number.isInteger(n) ? n : NaN;
}

function limit(value) {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
}
