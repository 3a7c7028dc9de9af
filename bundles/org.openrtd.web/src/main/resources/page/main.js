/** The supervisor's page: signs in, follows the stream, and shows what it says, at most once for each of the screen's frames. */

import { emptyView, formatView, parseView } from './address.js';
import { Chart } from './chart.js';
import { age, clock, count, duration, NONE, percent, secondsBetween } from './format.js';
import { Freshness, JUDGE_EVERY } from './freshness.js';
import { Picker } from './picker.js';
import { Rows } from './rows.js';
import { instant, Site, STATES, TABLES, VIEWS } from './site.js';
import { readError, Stream } from './stream.js';
import { element, LiveTable } from './table.js';
import { MEASURES, readLimit, showLimit, Thresholds } from './thresholds.js';

const HISTORY_MINUTES = 180;
const HISTORY_EVERY = 30000;

/** Lists and sums are made anew at most so often; the cells of what is listed at each frame. */
const LIST_EVERY = 500;

const $ = (id) => document.getElementById(id);
const api = (path, options = {}) => fetch(`api/v1/${path}`, { cache: 'no-store', credentials: 'same-origin', ...options });

const thresholds = new Thresholds(storage());
const CONFIGURATION = new Set(TABLES.filter((t) => t !== 'Controller_Time' && !t.endsWith('_Real_Time')));

let view = parseView(location.hash);
let freshness = new Freshness(performance.now());
let stream = null;
const dirty = { lists: true, names: true };
let listedAt = 0;
let listTimer = 0;
let verdict = null;
let shownCauses = null;
let shownPeripherals = '';

const rows = new Rows((changed) => {
  for (const [table, keys] of changed) {
    // rows that are listed are not these any more
    if (keys === null) listedAt = 0;
    if (CONFIGURATION.has(table)) {
      site.configurationChanged();
      dirty.names = true;
    }
  }
  dirty.lists = true;
  frame();
});
const site = new Site(rows);

function storage() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

// ---------------------------------------------------------------- signing in

async function begin() {
  try {
    const response = await api('session');
    if (response.ok) return start();
    showSignIn(response.status === 401 ? '' : (await readError(response)).message);
  } catch {
    showSignIn('The server cannot be reached. Trying again.');
    setTimeout(() => {
      if (!stream && $('password').value === '') begin();
    }, 3000);
  }
}

function showSignIn(error) {
  document.body.className = '';
  $('live').hidden = true;
  $('sign-in').hidden = false;
  $('sign-in-error').textContent = error;
  document.title = 'Sign in – OpenRTD';
  if (document.activeElement === document.body) $('user').focus();
}

$('sign-in-form').addEventListener('submit', async (e) => {
  e.preventDefault();
  const button = e.submitter ?? e.target.querySelector('button');
  button.disabled = true;
  try {
    const response = await api('session', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ user: $('user').value, password: $('password').value }),
    });
    if (response.ok) {
      $('password').value = '';
      start();
    } else {
      const error = await readError(response);
      const wait = error.retryAfter ? ` Try again in ${duration(error.retryAfter / 1000)}.` : '';
      $('sign-in-error').textContent = error.message + wait;
      $('password').select();
    }
  } catch {
    $('sign-in-error').textContent = 'The server cannot be reached.';
  } finally {
    button.disabled = false;
  }
});

$('sign-out').addEventListener('click', async () => {
  stream?.stop();
  try {
    await api('session', { method: 'DELETE' });
  } catch {
    // then the session ends by itself; what was shown is gone with the reload
  }
  location.reload();
});

// ---------------------------------------------------------------- the stream

function start() {
  $('sign-in').hidden = true;
  $('live').hidden = false;
  freshness = new Freshness(performance.now());
  stream = new Stream(`api/v1/stream?tables=${TABLES.join(',')}`, {
    message: ({ type, data }) => {
      const now = performance.now();
      if (type === 'snapshot') {
        freshness.feed(data, now);
        rows.snapshot(data);
        setSite(data.site);
      } else if (type === 'rows') {
        freshness.heard(now);
        rows.rows(data);
      } else if (type === 'state') {
        freshness.feed(data, now);
        setSite(data.site);
        judge();
      } else if (type === 'heartbeat') {
        freshness.heartbeat(data, now);
        judge();
      }
    },
    connected: () => freshness.connected(),
    trouble: (reason) => freshness.trouble(reason),
    late: () => freshness.late(),
    signedOut: () => {
      stream = null;
      forget();
      showSignIn('Your session has ended. Please sign in again.');
    },
  });
  stream.run();
  applyView();
  judge();
}

/** Leaves no number of a session that has ended in the document. */
function forget() {
  rows.clear();
  listedAt = 0;
  show(performance.now());
  for (const chart of Object.values(charts)) chart.set([], 0, 0);
  historyOf = null;
}

function setSite(name) {
  if (name && $('site').textContent !== name) $('site').textContent = name;
}

// a page that was asleep or hidden judges at once when it is looked at again
setInterval(judge, JUDGE_EVERY);
document.addEventListener('visibilitychange', judge);

/** Says whether the numbers are current. By a timer too: what is not heard is news. */
function judge() {
  if ($('live').hidden) return;
  const now = performance.now();
  verdict = freshness.assess(now);
  const { level, causes, all, feeds } = verdict;
  const body = document.body;
  set(body.dataset, 'fresh', level);
  const stale = (feed) => all || feeds.has(feed) || level === 'waiting';
  const anyPeripheral = verdict.peripherals.size > 0;
  // sums over all peripherals are not current when one of them is not; rows of a peripheral are judged by themselves
  set($('tiles-calls').dataset, 'stale', String(stale('calls') || anyPeripheral));
  set($('tiles-agents').dataset, 'stale', String(stale('agents') || anyPeripheral));
  set($('charts').dataset, 'stale', String(stale('calls') || stale('agents') || anyPeripheral));
  set($('peripherals').dataset, 'stale', String(stale('calls')));
  set($('clock').dataset, 'stale', String(stale('calls')));
  set($('types-panel').dataset, 'stale', String(stale('calls') || anyPeripheral));
  set($('groups-panel').dataset, 'stale', String(stale('calls')));
  set($('agents-panel').dataset, 'stale', String(stale('agents')));

  const word = level === 'live' ? 'Live' : level === 'waiting' ? 'Waiting for numbers' : 'Not current';
  setText($('fresh-word'), word);
  setText($('fresh-age'), level === 'waiting' || verdict.age == null || (level === 'stale' && !all && feeds.size === 0) ? '' : age(all ? freshness.silence(now) : verdict.age));
  showCauses(causes, now);
  const title = `${level === 'stale' ? '⚠ Not current – ' : ''}${$('site').textContent || 'OpenRTD'}${view.wall ? '' : ' – OpenRTD'}`;
  if (document.title !== title) document.title = title;
  const peripherals = [...verdict.peripherals].join('\n');
  // a wallboard turns its pages also while nothing comes
  if (peripherals !== shownPeripherals || view.wall) frame();
  shownPeripherals = peripherals;
}

function showCauses(causes, now) {
  const kinds = causes.map((c) => `${c.part} ${c.name}`).join('\n');
  const list = $('banner-list');
  if (kinds !== shownCauses) {
    list.replaceChildren(
      ...causes.map(() => element('li', {}, element('bdi', { class: 'cause' }), ' ', element('span', { class: 'since num', 'aria-hidden': 'true' }))),
    );
    $('banner').hidden = causes.length === 0;
    if (shownCauses !== null || causes.length) {
      setText($('announce'), causes.length ? `The numbers are not current. ${causes.map((c) => c.text).join(' ')}` : 'The numbers are current again.');
    }
    shownCauses = kinds;
  }
  causes.forEach((c, i) => {
    setText(list.children[i].firstChild, c.text);
    let since = '';
    if (typeof c.since === 'number') since = `for ${duration((now - c.since) / 1000)}`;
    else if (c.since) since = `since ${clock(instant(c.since), site.time()?.offset)}`;
    setText(list.children[i].lastChild, since);
  });
}

// ---------------------------------------------------------------- showing

let framed = false;

function frame() {
  if (framed) return;
  framed = true;
  requestAnimationFrame(() => {
    framed = false;
    if ($('live').hidden) return;
    show(performance.now());
  });
}

const tables = {};
for (const kind of Object.keys(VIEWS)) {
  tables[kind] = new LiveTable($(`${kind}-panel`), kind, (k, column) => {
    const sort = view.sort[k] ?? VIEWS[k].sort;
    const first = VIEWS[k].columns.find((c) => c.id === column).kind === 'num' ? `-${column}` : column;
    const other = first.startsWith('-') ? column : `-${column}`;
    view.sort[k] = sort === first ? other : first;
    if (view.sort[k] === VIEWS[k].sort) delete view.sort[k];
    changeView(view);
  });
}

function show(now) {
  if (dirty.names) {
    dirty.names = false;
    fillPickers();
  }
  const time = site.time();
  const controller = time?.now ?? null;
  if (dirty.lists) {
    if (now - listedAt >= LIST_EVERY) {
      dirty.lists = false;
      listedAt = now;
      for (const [kind, table] of Object.entries(tables)) {
        if (!visible(kind)) continue;
        const all = rows.table(VIEWS[kind].table).size;
        table.setRows(site.list(kind, view), all, view.sort[kind] ?? VIEWS[kind].sort, site, controller);
      }
      showGlance(site.glance(view), controller);
      showPeripherals();
    } else {
      listTimer ||= setTimeout(() => {
        listTimer = 0;
        frame();
      }, LIST_EVERY - (now - listedAt) + 5);
    }
  }
  if (time) {
    setText($('clock-date'), clock(time.now, time.offset, { date: true, seconds: false }).split(',')[0]);
    setText($('clock-time'), clock(time.now, time.offset));
    $('clock').title = `The controller's time, ${time.zone}`;
  }
  const shown = Object.entries(tables).filter(([kind]) => visible(kind));
  for (const [, table] of shown) table.measure(view.wall, now);
  const stalePeripherals = staleIds();
  for (const [, table] of shown) table.show({ site, now: controller, thresholds, stalePeripherals, wall: view.wall });
}

function visible(kind) {
  return !view.hide.includes(kind);
}

/** The peripherals whose rows are not current. */
function staleIds() {
  const ids = new Set();
  if (verdict?.peripherals.size) {
    for (const p of site.peripherals()) if (verdict.peripherals.has(p.name)) ids.add(p.id);
  }
  return ids;
}

for (const event of ['scroll', 'resize']) window.addEventListener(event, frame, { capture: true, passive: true });

// ---------------------------------------------------------------- at a glance

const tiles = new Map();

function tile(parent, id, label, title) {
  const value = element('dd', { class: 'num' });
  const note = element('dd', { class: 'note num' });
  const box = element('div', { class: 'tile', id: `tile-${id}`, title }, element('dt', {}, label), value, note);
  $(parent).append(box);
  tiles.set(id, { box, value, note });
}

tile('tiles-calls', 'waiting', 'Waiting', 'Calls in queue now');
tile('tiles-calls', 'oldest', 'Oldest', 'How long the oldest call in queue has waited');
tile('tiles-calls', 'sl', 'Service level', 'Since midnight, weighted by the calls that count in it; below it the last five minutes');
tile('tiles-calls', 'offered', 'Offered today', 'Calls offered since midnight');
tile('tiles-calls', 'answered', 'Answered', 'Calls answered since midnight');
tile('tiles-calls', 'abandoned', 'Abandoned', 'Calls abandoned since midnight; below it their part of those offered');
tile('tiles-agents', 'logged-on', 'Logged on', 'Agents logged on');
tile('tiles-agents', 'ready', 'Ready', 'Agents who can take a call');
tile('tiles-agents', 'talking', 'Talking', 'Agents talking; below it those whose calls are on hold');
tile('tiles-agents', 'work', 'After call', 'Agents in after-call work');
tile('tiles-agents', 'not-ready', 'Not ready', 'Agents in Not Ready');
tile('tiles-agents', 'unknown', 'Unknown', 'Agents of whom nothing is known while their peripheral is silent');

function setTile(id, text, note = '', level = '') {
  const t = tiles.get(id);
  setText(t.value, text);
  setText(t.note, note);
  if (t.box.dataset.level !== level) t.box.dataset.level = level;
}

function showGlance(g, now) {
  const oldest = secondsBetween(g.oldest, now);
  const part = g.abandoned == null || !g.offered ? null : g.abandoned / g.offered;
  setTile('waiting', count(g.waiting), g.atAgents == null ? '' : `${count(g.atAgents)} at agents`, thresholds.level('waitingSite', g.waiting));
  setTile('oldest', oldest == null ? NONE : duration(oldest), '', thresholds.level('oldest', oldest));
  setTile('sl', percent(g.serviceLevel), g.serviceLevelTo5 == null ? '' : `${percent(g.serviceLevelTo5)} in 5 min`, thresholds.level('serviceLevel', g.serviceLevel));
  setTile('offered', count(g.offered));
  setTile('answered', count(g.answered));
  setTile('abandoned', count(g.abandoned), part == null ? '' : percent(part), thresholds.level('abandoned', part));
  const s = g.states;
  setTile('logged-on', count(g.loggedOn));
  setTile('ready', count(s[3]), s[8] ? `${count(s[8])} reserved` : '');
  setTile('talking', count(s[4]), s[10] ? `${count(s[10])} on hold` : '');
  setTile('work', count(s[5] + s[6]));
  setTile('not-ready', count(s[2]));
  setTile('unknown', count(s[9]));
  tiles.get('unknown').box.hidden = s[9] === 0;

  const scope = [];
  if (view.type.length) scope.push(['calls of', names('Call_Type', view.type)]);
  else if (g.byGroup) scope.push(['calls of', names('Skill_Group', view.group)]);
  if (view.team.length) scope.push(['agents of', names('Agent_Team', view.team)]);
  else if (view.group.length) scope.push(['agents of', names('Skill_Group', view.group)]);
  const text = JSON.stringify(scope);
  if ($('glance-scope').dataset.shown !== text) {
    $('glance-scope').dataset.shown = text;
    $('glance-scope').hidden = scope.length === 0;
    $('glance-scope').replaceChildren(
      ...scope.flatMap(([what, list], i) => [i ? '; ' : 'Here: ', `${what} `, ...list.flatMap((n, j) => [j ? ', ' : '', element('bdi', {}, n)])]),
    );
  }
}

function names(table, ids) {
  const some = ids.slice(0, 4).map((id) => site.name(table, id));
  return ids.length > 4 ? [...some, `${ids.length - 4} more`] : some;
}

const WORDS = { up: 'up', silent: 'silent', lost: 'lost', finished: 'finished' };

function showPeripherals() {
  const all = site.peripherals();
  // many that are well are a number; each that is not is named
  const several = all.length > 6;
  const named = several ? all.filter((p) => p.state !== 'up') : all;
  const lines = named.map((p) => [p.name, p.state ?? 'not heard yet', `${count(p.agents)} agents, ${count(p.calls)} calls`, p.reason]);
  if (several) lines.push(['', 'up', `${all.length - named.length} of ${all.length} up`, '']);
  const text = JSON.stringify(lines);
  const list = $('peripheral-list');
  if (list.dataset.shown === text) return;
  list.dataset.shown = text;
  list.replaceChildren(
    ...lines.map(([n, state, note, reason]) => {
      const li = element('li', { class: `p-${WORDS[state] ?? 'none'}`, title: reason });
      if (n) li.append(element('bdi', {}, n), ' ', element('span', { class: 'state' }, state), ' ');
      li.append(element('span', { class: 'note num' }, note));
      return li;
    }),
  );
}

// ---------------------------------------------------------------- charts

const chartClock = (ms) => clock(ms, site.time()?.offset, { seconds: false });
const niceTop = (max) => {
  const step = 10 ** Math.floor(Math.log10(Math.max(1, max)));
  return [1, 2, 2.5, 5, 10].map((n) => n * step).find((n) => n >= max && Number.isInteger(n)) ?? Math.ceil(max);
};
const charts = {
  queue: new Chart($('charts'), {
    title: 'Calls waiting', series: [{ id: 'queue', label: 'waiting', value: (r) => r.callsWaiting }], show: count, top: niceTop, clock: chartClock,
  }),
  level: new Chart($('charts'), {
    title: 'Service level, 5 min', series: [{ id: 'level', label: 'service level', value: (r) => r.serviceLevel }],
    show: percent, top: () => 1, clock: chartClock,
  }),
  agents: new Chart($('charts'), {
    title: 'Agents by state', stacked: true, show: count, top: niceTop, clock: chartClock,
    series: [
      ['talking', 'talking', 'agentsTalking'], ['hold', 'hold', 'agentsHold'], ['work', 'after call', 'agentsWork'],
      ['reserved', 'reserved', 'agentsReserved'], ['ready', 'ready', 'agentsReady'], ['not-ready', 'not ready', 'agentsNotReady'],
      ['other', 'other', 'agentsOther'], ['unknown', 'unknown', 'agentsUnknown'],
    ].map(([id, label, column]) => ({ id, label, value: (r) => r[column] ?? null })),
  }),
};

let historyTimer = 0;

async function loadHistory() {
  clearTimeout(historyTimer);
  if (!stream) return;
  if (!view.hide.includes('charts') && !document.hidden) {
    const one = view.type.length === 1 ? view.type[0] : null;
    try {
      const response = await api(`history?minutes=${HISTORY_MINUTES}${one === null ? '' : `&callType=${one}`}`);
      if (response.ok) {
        const answer = await response.json();
        const points = answer.rows.map((r) => ({ ...r, time: Date.parse(r.time) }));
        const to = Math.max(Date.parse(answer.controllerTime) || 0, points.at(-1)?.time ?? 0);
        // a node that was started an hour ago fills the chart with that hour
        const from = Math.max(to - HISTORY_MINUTES * 60000, Math.min(points[0]?.time ?? to, to - 30 * 60000));
        const whole = ', whole site';
        const of = one !== null ? `: ${site.name('Call_Type', one)}` : view.type.length || view.group.length ? whole : '';
        charts.queue.title(`Calls waiting${of}`);
        charts.level.title(`Service level, 5 min${of}`);
        charts.agents.title(`Agents by state${view.team.length || view.group.length ? whole : ''}`);
        charts.queue.set(points, from, to);
        charts.level.set(points, from, to);
        if (one === null) charts.agents.set(points, from, to);
      }
    } catch {
      // the stream says what is wrong; the next try shows what was missed
    }
  }
  clearTimeout(historyTimer);
  historyTimer = setTimeout(loadHistory, HISTORY_EVERY);
}

document.addEventListener('visibilitychange', () => {
  if (!document.hidden) loadHistory();
});

// ---------------------------------------------------------------- filters and the address

const pickers = {
  team: new Picker($('pickers'), 'team', 'Team', (team) => changeView({ ...view, team })),
  group: new Picker($('pickers'), 'group', 'Skill group', (group) => changeView({ ...view, group })),
  type: new Picker($('pickers'), 'type', 'Call type', (type) => changeView({ ...view, type })),
  state: new Picker($('pickers'), 'state', 'State', (state) => changeView({ ...view, state })),
};

const PANELS = { charts: 'Charts', types: 'Call types', groups: 'Skill groups', agents: 'Agents' };
const panelBoxes = {};
for (const [id, label] of Object.entries(PANELS)) {
  const box = element('input', { type: 'checkbox' });
  panelBoxes[id] = box;
  box.addEventListener('change', () => changeView({ ...view, hide: Object.keys(PANELS).filter((p) => !panelBoxes[p].checked) }));
  $('panels').append(element('label', { class: 'check' }, box, ` ${label}`));
}

function fillPickers() {
  for (const kind of ['team', 'group', 'type']) pickers[kind].set(site.choices(kind), view[kind]);
  pickers.state.set(
    STATES.slice(0, 11).map((name, id) => ({ id, name })),
    view.state,
  );
}

/** Takes a view that the viewer chose and keeps it in the address. */
function changeView(next) {
  view = next;
  const address = formatView(view);
  if (address !== location.hash) window.history.replaceState(null, '', address || location.pathname + location.search);
  applyView();
}

function applyView() {
  if ($('q').value !== view.q) $('q').value = view.q;
  $('off').checked = view.off;
  $('off').disabled = view.state.length > 0;
  for (const [id, box] of Object.entries(panelBoxes)) box.checked = visible(id);
  $('charts-panel').hidden = !visible('charts');
  for (const kind of Object.keys(VIEWS)) $(`${kind}-panel`).hidden = !visible(kind);
  $('queues').hidden = !visible('types') && !visible('groups');
  $('tables').classList.toggle('single', $('queues').hidden || !visible('agents'));
  $('clear').hidden = !(view.q || view.team.length || view.group.length || view.type.length || view.state.length || view.off);
  document.body.classList.toggle('wall', view.wall);
  $('wall-button').textContent = view.wall ? 'Leave wallboard' : 'Wallboard';
  listedAt = 0;
  dirty.lists = dirty.names = true;
  const one = JSON.stringify([view.type, view.team, view.group]);
  if (historyOf !== one || historyHidden !== view.hide.includes('charts')) {
    historyOf = one;
    historyHidden = view.hide.includes('charts');
    loadHistory();
  }
  if (!$('live').hidden) judge();
  frame();
}

let historyOf = null;
let historyHidden = false;

window.addEventListener('hashchange', () => {
  view = parseView(location.hash);
  applyView();
});

$('filters').addEventListener('submit', (e) => e.preventDefault());
$('q').addEventListener('input', () => changeView({ ...view, q: $('q').value }));
$('off').addEventListener('change', () => changeView({ ...view, off: $('off').checked }));
$('clear').addEventListener('click', () => {
  changeView({ ...emptyView(), hide: view.hide, sort: view.sort, wall: view.wall });
  $('q').focus();
});
$('wall-button').addEventListener('click', () => {
  changeView({ ...view, wall: !view.wall });
});
document.addEventListener('keydown', (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  const typing = e.target.matches?.('input, textarea, select') || document.querySelector('dialog[open]');
  if (e.key === 'Escape' && view.wall) changeView({ ...view, wall: false });
  else if (e.key === '/' && !typing && !$('live').hidden && !view.wall) {
    e.preventDefault();
    $('q').focus();
  }
});
document.querySelector('[data-skip]').addEventListener('click', (e) => {
  e.preventDefault();
  $(e.target.dataset.skip).focus();
  $(e.target.dataset.skip).scrollIntoView();
});

// ---------------------------------------------------------------- thresholds

const limitFields = new Map();
for (const m of MEASURES) {
  const field = (which) =>
    element('input', { id: `limit-${m.id}-${which}`, 'aria-label': `${m.label}: ${which}`, inputmode: m.unit === 's' ? 'text' : 'decimal', size: '7', autocomplete: 'off' });
  const warn = field('warn');
  const alarm = field('alarm');
  limitFields.set(m, { warn, alarm });
  const how = `${m.above ? 'from' : 'below'}${m.unit === '%' ? ', in %' : ''}`;
  $('threshold-rows').append(
    element('tr', {}, element('th', { scope: 'row' }, m.label, ' ', element('span', { class: 'quiet' }, how)), element('td', {}, warn), element('td', {}, alarm)),
  );
}

function fillLimits(of) {
  for (const [m, { warn, alarm }] of limitFields) {
    warn.value = showLimit(m, of(m).warn);
    alarm.value = showLimit(m, of(m).alarm);
  }
  $('thresholds-error').textContent = '';
}

$('thresholds-button').addEventListener('click', () => {
  fillLimits((m) => thresholds.get(m.id));
  $('thresholds').showModal();
});
$('thresholds-cancel').addEventListener('click', () => $('thresholds').close());
$('thresholds-reset').addEventListener('click', () => fillLimits((m) => m));
$('thresholds').querySelector('form').addEventListener('submit', (e) => {
  const read = [];
  for (const [m, fields] of limitFields) {
    const limits = {};
    for (const which of ['warn', 'alarm']) {
      limits[which] = readLimit(m, fields[which].value);
      if (Number.isNaN(limits[which])) {
        e.preventDefault();
        const like = { s: 'a duration such as 0:01:30', '%': 'a percentage such as 80', count: 'a whole number' }[m.unit];
        $('thresholds-error').textContent = `${m.label}, ${which}: “${fields[which].value}” is not ${like}.`;
        fields[which].focus();
        return;
      }
    }
    read.push([m.id, limits]);
  }
  const defaults = read.every(([id, l]) => MEASURES.some((m) => m.id === id && m.warn === l.warn && m.alarm === l.alarm));
  if (defaults) thresholds.reset();
  else for (const [id, l] of read) thresholds.set(id, l.warn, l.alarm);
  listedAt = 0;
  dirty.lists = true;
  frame();
});
// other windows of this browser follow
window.addEventListener('storage', () => {
  thresholds.reset(false);
  thresholds.load();
  dirty.lists = true;
  frame();
});

// ----------------------------------------------------------------

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function set(dataset, key, value) {
  if (dataset[key] !== value) dataset[key] = value;
}

begin();
