/**
 * What the page shows, made of the rows: names, lists under the viewer's filters, the site at a glance, and what each
 * column of each table says of a row. Pure: no DOM, no clock but the controller's.
 */

import { fold, textMatcher } from './address.js';
import { average, clock, count, duration, NONE, percent, secondsBetween } from './format.js';
import { STATE_MEASURE } from './thresholds.js';

/** What the page asks the stream for. */
export const TABLES = [
  'Controller_Time',
  'Call_Type_Real_Time',
  'Skill_Group_Real_Time',
  'Peripheral_Real_Time',
  'Agent_Real_Time',
  'Agent',
  'Agent_Team',
  'Agent_Team_Member',
  'Call_Type',
  'Media_Routing_Domain',
  'Peripheral',
  'Person',
  'Reason_Code',
  'Skill_Group',
  'Skill_Group_Member',
];

export const STATES = [
  'Logged off', 'Logged on', 'Not ready', 'Ready', 'Talking', 'Work not ready', 'Work ready', 'Busy other', 'Reserved',
  'Unknown', 'On hold', 'Active', 'Paused', 'Interrupted', 'Not active',
];

/** The order in which a supervisor looks at states: who can take a call, who is on one, who is not there. */
const STATE_ORDER = [3, 8, 4, 10, 11, 6, 5, 7, 12, 13, 2, 14, 1, 9, 0];
export const STATE_RANK = STATE_ORDER.reduce((rank, state, i) => ((rank[state] = i), rank), []);

export class Site {
  #rows;
  #memberOf = null;
  #teamsOf = null;
  #names = new Map();
  #folded = new Map();

  /** @param {import('./rows.js').Rows} rows */
  constructor(rows) {
    this.#rows = rows;
  }

  /** To be called when rows of configuration changed: names and memberships are looked up again. */
  configurationChanged() {
    this.#memberOf = null;
    this.#teamsOf = null;
    this.#names.clear();
    this.#folded.clear();
  }

  /** The controller's time in ms, and what its local time is ahead of UTC, in minutes; null before it was heard. */
  time() {
    const row = this.#rows.row('Controller_Time', 1);
    return row?.NowTime ? { now: instant(row.NowTime), offset: row.UTCOffset ?? 0, zone: row.TimeZone ?? 'UTC' } : null;
  }

  /** The name for an id of a configuration table; `#5007` until it has arrived. */
  name(table, id) {
    if (id == null) return '';
    const key = `${table}/${id}`;
    let name = this.#names.get(key);
    if (name === undefined) {
      name = this.#find(table, id) || `#${id}`;
      this.#names.set(key, name);
    }
    return name;
  }

  #find(table, id) {
    const row = this.#rows.row(table, id);
    if (!row) return '';
    if (table === 'Agent') {
      const person = row.PersonID == null ? null : this.#rows.row('Person', row.PersonID);
      const name = person ? [person.FirstName, person.LastName].filter(Boolean).join(' ') : '';
      return name || row.EnterpriseName;
    }
    return row.EnterpriseName ?? row.ReasonText;
  }

  enterpriseName(table, id) {
    return this.#rows.row(table, id)?.EnterpriseName ?? '';
  }

  reason(code) {
    if (!code) return '';
    const key = `reason/${code}`;
    let text = this.#names.get(key);
    if (text === undefined) {
      text = `${code}`;
      for (const row of this.#rows.table('Reason_Code').values()) {
        if (row.ReasonCode === code && row.Deleted !== 'Y' && row.ReasonText) text = row.ReasonText;
      }
      this.#names.set(key, text);
    }
    return text;
  }

  teamsOf(agent) {
    if (!this.#teamsOf) this.#teamsOf = index(this.#rows.table('Agent_Team_Member').values(), 'SkillTargetID', 'AgentTeamID');
    return this.#teamsOf.get(agent) ?? NOBODY;
  }

  teamNames(agent) {
    return [...this.teamsOf(agent)].map((team) => this.name('Agent_Team', team)).join(', ');
  }

  groupsOf(agent) {
    if (!this.#memberOf) {
      this.#memberOf = index(this.#rows.table('Skill_Group_Member').values(), 'AgentSkillTargetID', 'SkillGroupSkillTargetID');
    }
    return this.#memberOf.get(agent) ?? NOBODY;
  }

  /** What can be chosen in a filter, by name. */
  choices(kind) {
    const [table, key] = { team: ['Agent_Team', 'AgentTeamID'], group: ['Skill_Group', 'SkillTargetID'], type: ['Call_Type', 'CallTypeID'] }[kind];
    const live = { group: 'Skill_Group_Real_Time', type: 'Call_Type_Real_Time' }[kind];
    const ids = new Set();
    for (const row of this.#rows.table(table).values()) if (row.Deleted !== 'Y') ids.add(row[key]);
    if (live) for (const row of this.#rows.table(live).values()) ids.add(row[key]);
    return [...ids].map((id) => ({ id, name: this.name(table, id) })).sort((a, b) => collate(a.name, b.name) || a.id - b.id);
  }

  /** The rows of a list that the view's filters let through: 'types', 'groups' or 'agents'. */
  list(kind, view) {
    return LISTS[kind](this, this.#rows, view);
  }

  fold(kind, id) {
    const key = `${kind}/${id}`;
    let folded = this.#folded.get(key);
    if (folded === undefined) {
      const table = { types: 'Call_Type', groups: 'Skill_Group', agents: 'Agent' }[kind];
      const parts = [this.name(table, id), this.enterpriseName(table, id)];
      if (kind === 'agents') parts.push(this.#rows.row('Agent', id)?.PeripheralNumber);
      folded = fold(parts.join(' '));
      this.#folded.set(key, folded);
    }
    return folded;
  }

  peripheralOf(kind, id) {
    const table = { groups: 'Skill_Group', agents: 'Agent' }[kind];
    return table ? (this.#rows.row(table, id)?.PeripheralID ?? null) : null;
  }

  peripherals() {
    return [...this.#rows.table('Peripheral_Real_Time').values()].map((row) => ({
      id: row.PeripheralID,
      name: this.name('Peripheral', row.PeripheralID),
      state: row.GatewayState,
      reason: row.GatewayReason ?? '',
      calls: row.CallsInProgress,
      agents: row.AgentsLoggedOn,
    })).sort((a, b) => collate(a.name, b.name));
  }

  /**
   * The site at a glance, of what the filters let through; text does not count here. Calls are those of the call types; those of
   * the skill groups when only these are chosen (a call that waits for two of them counts in both).
   */
  glance(view) {
    const quiet = { ...view, q: '', state: [], off: true };
    const byGroup = view.group.length > 0 && view.type.length === 0;
    const rows = this.list(byGroup ? 'groups' : 'types', quiet);
    const g = {
      byGroup, waiting: null, oldest: null, serviceLevel: null, serviceLevelTo5: null, offered: null, answered: null, abandoned: null,
      atAgents: null, loggedOn: 0, states: new Array(STATES.length).fill(0),
    };
    let weighted = 0;
    let weight = 0;
    let weighted5 = 0;
    let weight5 = 0;
    for (const r of rows) {
      g.waiting = add(g.waiting, r.RouterCallsQNow);
      g.offered = add(g.offered, r.CallsOfferedToday);
      g.answered = add(g.answered, r.CallsAnsweredToday);
      g.abandoned = add(g.abandoned, byGroup ? r.RouterCallsAbandQToday : r.TotalCallsAbandToday);
      if (!byGroup) g.atAgents = add(g.atAgents, r.CallsAtAgentNow);
      const oldest = instant(r.RouterLongestCallQ);
      if (oldest != null && (g.oldest == null || oldest < g.oldest)) g.oldest = oldest;
      if (r.ServiceLevelToday != null) {
        weighted += r.ServiceLevelToday * r.ServiceLevelCallsOfferedToday;
        weight += r.ServiceLevelCallsOfferedToday;
      }
      if (r.ServiceLevelTo5 != null) {
        weighted5 += r.ServiceLevelTo5 * r.ServiceLevelCallsOfferedTo5;
        weight5 += r.ServiceLevelCallsOfferedTo5;
      }
    }
    if (weight > 0) g.serviceLevel = weighted / weight;
    if (weight5 > 0) g.serviceLevelTo5 = weighted5 / weight5;
    const seen = new Map();
    for (const r of this.list('agents', quiet)) {
      const before = seen.get(r.SkillTargetID);
      // an agent of several media is once at a glance: by the busiest of the states
      if (before === undefined || BUSY[r.AgentState] > BUSY[before]) seen.set(r.SkillTargetID, r.AgentState);
    }
    for (const state of seen.values()) {
      if (state == null) continue;
      g.states[state] = (g.states[state] ?? 0) + 1;
      if (state !== 0 && state !== 9) g.loggedOn++;
    }
    return g;
  }

  /** Whether any agent has rows of more than one media routing domain; only then is it shown. */
  severalDomains() {
    let first = null;
    for (const row of this.#rows.table('Agent_Real_Time').values()) {
      if (first === null) first = row.MRDomainID;
      else if (first !== row.MRDomainID) return true;
    }
    return false;
  }
}

const NOBODY = new Set();
const BUSY = [0, 2, 3, 4, 9, 6, 6, 5, 8, 1, 7, 9, 7, 7, 2];

function index(rows, by, what) {
  const map = new Map();
  for (const row of rows) {
    let set = map.get(row[by]);
    if (!set) map.set(row[by], (set = new Set()));
    set.add(row[what]);
  }
  return map;
}

function add(sum, n) {
  return n == null ? sum : (sum ?? 0) + n;
}

function minus(n) {
  return n == null ? null : -n;
}

const COLLATOR = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

function collate(a, b) {
  return COLLATOR.compare(a, b);
}

const parsed = new Map();

/** An instant of the API in ms. Few texts come often (a row is read at each second that it ticks). */
export function instant(text) {
  if (text == null) return null;
  let ms = parsed.get(text);
  if (ms === undefined) {
    ms = Date.parse(text);
    if (!Number.isFinite(ms)) ms = null;
    if (parsed.size > 20000) parsed.clear();
    parsed.set(text, ms);
  }
  return ms;
}

const LISTS = {
  types(site, rows, view) {
    const chosen = new Set(view.type);
    const matches = textMatcher(view.q);
    return [...rows.table('Call_Type_Real_Time').values()].filter(
      (r) => (chosen.size === 0 || chosen.has(r.CallTypeID)) && matches(site.fold('types', r.CallTypeID)),
    );
  },
  groups(site, rows, view) {
    const chosen = new Set(view.group);
    const matches = textMatcher(view.q);
    let ofTeams = null;
    if (view.team.length) {
      const teams = new Set(view.team);
      ofTeams = new Set();
      for (const m of rows.table('Agent_Team_Member').values()) {
        if (teams.has(m.AgentTeamID)) for (const g of site.groupsOf(m.SkillTargetID)) ofTeams.add(g);
      }
    }
    return [...rows.table('Skill_Group_Real_Time').values()].filter(
      (r) =>
        (chosen.size === 0 || chosen.has(r.SkillTargetID)) &&
        (!ofTeams || ofTeams.has(r.SkillTargetID)) &&
        matches(site.fold('groups', r.SkillTargetID)),
    );
  },
  agents(site, rows, view) {
    const groups = view.group;
    const states = new Set(view.state);
    const matches = textMatcher(view.q);
    return [...rows.table('Agent_Real_Time').values()].filter((r) => {
      const agent = r.SkillTargetID;
      if (states.size ? !states.has(r.AgentState) : !view.off && r.AgentState === 0) return false;
      if (view.team.length && !view.team.some((t) => site.teamsOf(agent).has(t))) return false;
      if (groups.length && !groups.some((g) => site.groupsOf(agent).has(g) || r.SkillGroupSkillTargetID === g)) return false;
      return matches(site.fold('agents', agent));
    });
  },
};

/**
 * @typedef {object} Column
 * @property {string} id
 * @property {string} label as short as a column's head must be
 * @property {string} title what it is, with the catalogue's columns
 * @property {'name'|'text'|'num'|'state'} kind
 * @property {1|2|3|4} rank 1 is shown on any width, 4 on the widest only
 * @property {(row: object, site: Site, now: number) => *} value what is sorted by; null comes last
 * @property {(value: *, row: object, site: Site) => string} [show]
 * @property {(row: object) => number|null} [sortBy] what is sorted by instead; of what ticks the instant, lest equal seconds change places
 * @property {(row: object, value: *) => [string, number]} [watch] the threshold's measure and the number it is about
 */

const name = (kind, table, key, label) => ({
  id: 'name', label, title: `${label}. EnterpriseName`, kind: 'name', rank: 1,
  value: (r, site) => site.name(table, r[key]),
  show: (v) => v,
});

const number = (id, label, title, column, rank, measure) => ({
  id, label, title: `${title}. ${column}`, kind: 'num', rank, value: (r) => r[column] ?? null, show: count,
  watch: measure && ((r, v) => [measure, v]),
});

const level = (id, label, title, column, rank) => ({
  id, label, title: `${title}. ${column}`, kind: 'num', rank, value: (r) => r[column] ?? null, show: percent,
  watch: (r, v) => ['serviceLevel', v],
});

const oldest = {
  id: 'oldest', label: 'Oldest', title: 'How long the oldest call in queue has waited. RouterLongestCallQ', kind: 'num', rank: 1, ticks: true,
  value: (r, site, now) => secondsBetween(instant(r.RouterLongestCallQ), now), show: (v) => (v == null ? '' : duration(v)),
  sortBy: (r) => minus(instant(r.RouterLongestCallQ)),
  watch: (r, v) => ['oldest', v],
};

const seconds = (id, label, title, rank, value) => ({
  id, label, title, kind: 'num', rank, value, show: (v) => (v == null ? NONE : duration(v)),
});

/** @type {Record<string, {title: string, key: string, kind: string, columns: Column[], sort: string}>} */
export const VIEWS = {
  types: {
    title: 'Call types', table: 'Call_Type_Real_Time', feed: 'calls', sort: 'name', id: 'CallTypeID',
    columns: [
      name('types', 'Call_Type', 'CallTypeID', 'Call type'),
      number('waiting', 'Waiting', 'Calls in queue', 'RouterCallsQNow', 1, 'waiting'),
      oldest,
      level('sl5', 'SL 5 min', 'Service level of the last five minutes', 'ServiceLevelTo5', 2),
      level('sl', 'SL today', 'Service level since midnight', 'ServiceLevelToday', 1),
      number('atAgents', 'At agents', 'Calls talking to an agent, or held by one', 'CallsAtAgentNow', 2),
      number('offered', 'Offered', 'Calls offered since midnight', 'CallsOfferedToday', 2),
      number('answered', 'Answered', 'Calls answered since midnight', 'CallsAnsweredToday', 3),
      {
        ...number('abandoned', 'Aband.', 'Calls abandoned since midnight; short calls not included', 'TotalCallsAbandToday', 3),
        watch: (r, v) => ['abandoned', r.CallsOfferedToday ? v / r.CallsOfferedToday : null],
      },
      seconds('asa', 'ASA', 'Average speed of answer since midnight. AnswerWaitTimeToday / CallsAnsweredToday', 4,
        (r) => average(r.AnswerWaitTimeToday, r.CallsAnsweredToday)),
      seconds('aht', 'AHT', 'Average handle time since midnight. HandleTimeToday / CallsHandledToday', 4,
        (r) => average(r.HandleTimeToday, r.CallsHandledToday)),
    ],
  },
  groups: {
    title: 'Skill groups', table: 'Skill_Group_Real_Time', feed: 'calls', sort: 'name', id: 'SkillTargetID',
    columns: [
      name('groups', 'Skill_Group', 'SkillTargetID', 'Skill group'),
      number('waiting', 'Waiting', 'Calls in queue for the group', 'RouterCallsQNow', 1, 'waiting'),
      oldest,
      level('sl', 'SL today', 'Service level since midnight', 'ServiceLevelToday', 2),
      number('loggedOn', 'Logged on', 'Agents logged on to the group', 'LoggedOn', 3),
      {
        ...number('avail', 'Avail.', 'Agents available: ready, and on no call', 'Avail', 1),
        watch: (r, v) => ['available', r.LoggedOn > 0 ? v : null],
      },
      number('talking', 'Talking', 'Agents talking on an inbound call of the group', 'TalkingIn', 2),
      number('hold', 'Hold', 'Agents whose calls for the group are all on hold', 'Hold', 4),
      {
        id: 'work', label: 'Work', title: 'Agents doing after-call work. WorkReady + WorkNotReady', kind: 'num', rank: 3,
        value: (r) => add(add(null, r.WorkReady), r.WorkNotReady), show: count,
      },
      number('notReady', 'Not rdy', 'Agents in Not Ready', 'NotReady', 2),
      number('busyOther', 'Other', 'Agents busy in another group', 'BusyOther', 4),
      {
        id: 'util', label: 'Util.', title: 'Talk, hold and after-call work time over the time ready. PercentUtilizationTo5', kind: 'num',
        rank: 4, value: (r) => r.PercentUtilizationTo5 ?? null, show: percent,
      },
    ],
  },
  agents: {
    title: 'Agents', table: 'Agent_Real_Time', feed: 'agents', sort: 'state', id: 'SkillTargetID',
    columns: [
      name('agents', 'Agent', 'SkillTargetID', 'Agent'),
      {
        id: 'domain', label: 'Medium', title: 'The media routing domain', kind: 'text', rank: 2, optional: true,
        value: (r, site) => site.name('Media_Routing_Domain', r.MRDomainID),
      },
      {
        id: 'state', label: 'State', title: 'The agent’s state. AgentState', kind: 'state', rank: 1,
        value: (r) => r.AgentState ?? null, show: (v) => STATES[v] ?? (v == null ? NONE : String(v)),
        sortBy: (r) => (r.AgentState == null ? null : (STATE_RANK[r.AgentState] ?? 99)),
      },
      {
        id: 'time', label: 'For', title: 'How long in this state. DateTimeLastStateChange', kind: 'num', rank: 1, ticks: true,
        value: (r, site, now) => secondsBetween(instant(r.DateTimeLastStateChange), now),
        show: (v) => (v == null ? NONE : duration(v)), sortBy: (r) => minus(instant(r.DateTimeLastStateChange)),
        watch: (r, v) => (STATE_MEASURE[r.AgentState] ? [STATE_MEASURE[r.AgentState], v] : ['', null]),
      },
      {
        id: 'reason', label: 'Reason', title: 'Why not ready, or logged out. ReasonCode', kind: 'text', rank: 2,
        value: (r, site) => site.reason(r.ReasonCode) || null, show: (v) => v ?? '',
      },
      {
        id: 'group', label: 'Skill group', title: 'The skill group of the current call', kind: 'text', rank: 2,
        value: (r, site) => site.name('Skill_Group', r.SkillGroupSkillTargetID) || null, show: (v) => v ?? '',
      },
      {
        id: 'team', label: 'Team', title: 'The agent’s team', kind: 'text', rank: 3,
        value: (r, site) => site.teamNames(r.SkillTargetID) || null, show: (v) => v ?? '',
      },
      { id: 'ext', label: 'Ext.', title: 'The telephone. Extension', kind: 'text', rank: 4, value: (r) => r.Extension ?? null, show: (v) => v ?? '' },
      {
        id: 'login', label: 'Logged on', title: 'When the agent logged on, by the controller’s clock. DateTimeLogin', kind: 'num', rank: 4,
        value: (r) => instant(r.DateTimeLogin), show: (v, r, site) => (v == null ? '' : clock(v, site.time()?.offset, { seconds: false })),
      },
    ],
  },
};

/** Sorts in place by the view's column (`-` before it: the largest first); then by name, then by id, so that it is stable. */
export function sortRows(kind, rows, sort, site, now) {
  const { columns, id } = VIEWS[kind];
  const down = sort.startsWith('-');
  const column = columns.find((c) => c.id === sort.replace('-', '')) ?? columns.find((c) => c.id === VIEWS[kind].sort);
  const keyed = rows.map((row) => {
    const value = column.sortBy ? column.sortBy(row) : column.value(row, site, now);
    return { row, value, name: columns[0].value(row, site) };
  });
  // of equal states the longest first: that is who wants looking at
  const since = kind === 'agents' && column.id === 'state';
  keyed.sort((a, b) => {
    if (a.value == null || b.value == null) {
      if (a.value != null) return -1;
      if (b.value != null) return 1;
    } else {
      const c = typeof a.value === 'string' ? collate(a.value, b.value) : a.value - b.value;
      if (c !== 0) return down ? -c : c;
    }
    if (since) {
      const c = (instant(a.row.DateTimeLastStateChange) ?? 0) - (instant(b.row.DateTimeLastStateChange) ?? 0);
      if (c !== 0) return c;
    }
    return collate(a.name, b.name) || a.row[id] - b.row[id];
  });
  return keyed.map((k) => k.row);
}
