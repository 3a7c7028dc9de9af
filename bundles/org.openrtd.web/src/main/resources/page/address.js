/**
 * The view in the address, behind the #, where no server's log sees what somebody searched for. Two equal views have
 * equal addresses.
 */

const LISTS = ['team', 'group', 'type', 'state', 'hide'];
const PANELS = new Set(['charts', 'types', 'groups', 'agents']);

/**
 * @returns {{team: number[], group: number[], type: number[], state: number[], hide: string[], q: string, off: boolean,
 *   wall: boolean, sort: Record<string, string>}} `off` shows agents who are logged off
 */
export function parseView(hash) {
  const params = new URLSearchParams(hash.replace(/^#/, ''));
  const view = emptyView();
  for (const key of LISTS) {
    const parts = (params.get(key) ?? '').split(',').filter(Boolean);
    view[key] =
      key === 'hide'
        ? parts.filter((p) => PANELS.has(p))
        : [...new Set(parts.filter((p) => /^\d{1,10}$/.test(p)).map(Number))].sort((a, b) => a - b);
  }
  view.q = (params.get('q') ?? '').slice(0, 200);
  view.wall = params.get('wall') === '1';
  view.off = params.get('off') === '1';
  for (const table of ['types', 'groups', 'agents']) {
    const sort = params.get(`sort.${table}`);
    if (sort && /^-?[a-zA-Z0-9]{1,40}$/.test(sort)) view.sort[table] = sort;
  }
  return view;
}

export function emptyView() {
  return { team: [], group: [], type: [], state: [], hide: [], q: '', off: false, wall: false, sort: {} };
}

export function formatView(view) {
  const parts = [];
  for (const key of LISTS) if (view[key].length) parts.push(`${key}=${view[key].join(',')}`);
  if (view.q) parts.push(`q=${encodeURIComponent(view.q)}`);
  if (view.off) parts.push('off=1');
  for (const table of ['types', 'groups', 'agents']) {
    if (view.sort[table]) parts.push(`sort.${table}=${view.sort[table]}`);
  }
  if (view.wall) parts.push('wall=1');
  return parts.length ? `#${parts.join('&')}` : '';
}

/** For finding text: without case, accents and differences of form. */
export function fold(text) {
  return String(text ?? '')
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase();
}

/** A test for what the viewer typed: every word must occur, in whatever order. */
export function textMatcher(query) {
  const words = fold(query).split(/\s+/).filter(Boolean);
  return words.length === 0 ? () => true : (folded) => words.every((w) => folded.includes(w));
}
