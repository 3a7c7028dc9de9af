/** Numbers as people read them. No DOM, no clock of its own. */

/** What stands for a value that nothing determines. */
export const NONE = '–';

/** Whole seconds as h:mm:ss; never negative, for a row may be a tick ahead of the clock. */
export function duration(seconds) {
  if (!Number.isFinite(seconds)) return NONE;
  const s = Math.max(0, Math.floor(seconds));
  return `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}

/** Seconds out of h:mm:ss, m:ss or seconds; NaN when it is none of these. */
export function parseDuration(text) {
  const match = /^\s*(?:(?:(\d{1,3}):)?(\d{1,3}):)?(\d{1,6})\s*$/.exec(text);
  if (!match) return NaN;
  const [, h = '0', m = '0', s] = match;
  if (match[2] !== undefined && Number(s) > 59) return NaN;
  if (match[1] !== undefined && Number(m) > 59) return NaN;
  return Number(h) * 3600 + Number(m) * 60 + Number(s);
}

/** Whole seconds between two instants in ms, or null when either is missing. */
export function secondsBetween(from, to) {
  return from == null || to == null ? null : Math.max(0, Math.floor((to - from) / 1000));
}

export function count(n) {
  if (n == null || !Number.isFinite(Number(n))) return NONE;
  return String(Math.trunc(Number(n))).replace(/\B(?=(\d{3})+$)/g, '\u202f');
}

/** A ratio as per cent with one decimal. */
export function percent(ratio) {
  return ratio == null || !Number.isFinite(ratio) ? NONE : `${(ratio * 100).toFixed(1)}\u202f%`;
}

/** An average as a whole number of seconds, rounded down as the statistics are; null without a divisor. */
export function average(sum, n) {
  return sum == null || !n ? null : Math.floor(sum / n);
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The controller's local time of an instant: never the viewer's zone. */
export function clock(ms, offsetMinutes = 0, { seconds = true, date = false } = {}) {
  if (ms == null || !Number.isFinite(ms)) return NONE;
  const d = new Date(ms + offsetMinutes * 60000);
  const time = `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}${seconds ? `:${two(d.getUTCSeconds())}` : ''}`;
  return date ? `${DAYS[d.getUTCDay()]} ${d.getUTCDate()} ${MONTHS[d.getUTCMonth()]} ${d.getUTCFullYear()}, ${time}` : time;
}

/** How old something is, for people, rounded up and so calm: 1 s, 12 s, 0:03:05. */
export function age(ms) {
  if (!Number.isFinite(ms)) return NONE;
  return ms <= 60000 ? `${Math.max(1, Math.ceil(ms / 1000))}\u202fs` : duration(ms / 1000);
}

function two(n) {
  return n < 10 ? `0${n}` : String(n);
}
