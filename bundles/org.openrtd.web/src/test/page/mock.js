/**
 * Speaks docs/web-api.md with a made-up site, so that the page can be developed and tried by itself: 2,000 agents, names
 * with markup and in right-to-left scripts, and whatever a test wants broken. By hand: `node mock.js`, then any user.
 */

import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { extname, join, normalize } from 'node:path';

const PAGE = fileURLToPath(new URL('../../main/resources/page/', import.meta.url));
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml' };
const CSP = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

const FIRST = ['Ana', 'Bo', 'Chloé', 'Dmitri', 'Elif', 'Farah', 'Günter', 'Hana', 'Ines', 'Jörg', 'Kwame', 'Linh', 'Mateo', 'Noor', 'Olu', 'Priya', 'Quinn', 'Rui', 'Siobhán', 'Tomasz'];
const LAST = ['Abe', 'Bauer', 'Castro', 'Dlamini', 'Eriksen', 'Ferrari', 'García', 'Hoang', 'Ivanova', 'Jensen', 'Kowalski', 'Larsen', 'Müller', 'Nakamura', 'Okafor', 'Pereira', 'Rossi', 'Singh', 'Tanaka', 'Usman'];
export const MARKUP = '<img src=x onerror="document.title=1"> & <b>bold</b>';
export const RTL = 'דנה לוי (צוות א)';
export const ARABIC = 'خدمة العملاء';

/** A small random number generator: one seed, one site. */
export function random(seed) {
  let s = seed >>> 0;
  return () => {
    s = (s + 0x6d2b79f5) >>> 0;
    let t = Math.imul(s ^ (s >>> 15), 1 | s);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export class MadeUpSite {
  constructor({ agents = 2000, groups = 12, types = 14, seed = 1, start = Date.UTC(2026, 10, 23, 9, 30) } = {}) {
    this.random = random(seed);
    this.now = start;
    this.begun = start;
    this.tables = {};
    this.sequence = { calls: 1, agents: 1, config: 1 };
    const put = (table, row) => (this.tables[table] ??= []).push(row);
    const skill = ['Billing', 'Sales', 'Technical', 'Retention', 'Claims', 'New customers', 'Business', ARABIC, 'Español', 'Complaints', 'Orders', 'Returns'];
    this.clockRow = { ControllerID: 1, NowTime: iso(this.now), TimeZone: 'Europe/Berlin', UTCOffset: 60 };
    put('Controller_Time', this.clockRow);
    put('Media_Routing_Domain', { MRDomainID: 1, EnterpriseName: 'Voice', Deleted: 'N' });
    put('Peripheral', { PeripheralID: 5000, EnterpriseName: 'simulator', Deleted: 'N' });
    put('Peripheral', { PeripheralID: 5001, EnterpriseName: 'pbx-south', Deleted: 'N' });
    for (const id of [5000, 5001]) {
      put('Peripheral_Real_Time', { PeripheralID: id, PeripheralOnline: 1, GatewayState: 'up', GatewayReason: null, LastHeard: iso(this.now), CallsInProgress: 120, AgentsLoggedOn: agents / 2 });
    }
    [[1, 'Break'], [2, 'Lunch'], [3, 'Training'], [4, 'Coaching with a supervisor'], [50, 'Did not answer']].forEach(([code, text], i) =>
      put('Reason_Code', { ReasonCodeID: i + 1, ReasonCode: code, ReasonText: text, Deleted: 'N' }));
    for (let t = 0; t < types; t++) {
      const id = 5100 + t;
      put('Call_Type', { CallTypeID: id, EnterpriseName: t === 3 ? MARKUP : t === 5 ? ARABIC : `${skill[t % skill.length]}${t >= skill.length ? ' 2' : ' line'}`, Deleted: 'N' });
      put('Call_Type_Real_Time', {
        CallTypeID: id, DateTime: iso(this.now), RouterCallsQNow: 0, RouterLongestCallQ: null, CallsAtAgentNow: 20 + t, ServiceLevelTo5: 0.82, ServiceLevelToday: 0.7 + (t % 6) * 0.05,
        ServiceLevelCallsOfferedToday: 200 + 40 * t, ServiceLevelCallsOfferedTo5: 12, CallsOfferedToday: 210 + 140 * t, CallsAnsweredToday: 190 + 130 * t,
        TotalCallsAbandToday: 8 + t * 3, AnswerWaitTimeToday: (190 + 40 * t) * 21, CallsHandledToday: 180 + 130 * t, HandleTimeToday: (180 + 130 * t) * 262,
      });
    }
    for (let g = 0; g < groups; g++) {
      const id = 5200 + g;
      put('Skill_Group', { SkillTargetID: id, EnterpriseName: skill[g % skill.length], PeripheralID: g % 4 ? 5000 : 5001, Deleted: 'N' });
      put('Skill_Group_Real_Time', {
        SkillTargetID: id, LoggedOn: 0, Avail: 0, Ready: 0, NotReady: 0, TalkingIn: 0, WorkReady: 0, WorkNotReady: 0, BusyOther: 0, Hold: 0, ReservedAgents: 0,
        RouterCallsQNow: 0, RouterLongestCallQ: null, ServiceLevelToday: 0.78, ServiceLevelTo5: null, ServiceLevelCallsOfferedToday: 300, ServiceLevelCallsOfferedTo5: 0,
        PercentUtilizationTo5: 0.83, CallsOfferedToday: 900, CallsAnsweredToday: 850, RouterCallsAbandQToday: 20,
      });
    }
    const teams = Math.max(2, Math.round(agents / 25));
    for (let t = 0; t < teams; t++) put('Agent_Team', { AgentTeamID: 5300 + t, EnterpriseName: t === 1 ? 'צוות א' : `Team ${t + 1}`, Deleted: 'N' });
    for (let a = 0; a < agents; a++) {
      const id = 10000 + a;
      const [first, last] = a === 7 ? [MARKUP, ''] : a === 8 ? [RTL, ''] : [FIRST[a % 20], `${LAST[Math.floor(a / 20) % 20]}${a >= 400 ? ` ${Math.floor(a / 400) + 1}` : ''}`];
      put('Person', { PersonID: id, FirstName: first, LastName: last, LoginName: `a${a}`, Deleted: 'N' });
      put('Agent', { SkillTargetID: id, PersonID: id, PeripheralID: a % 4 ? 5000 : 5001, PeripheralNumber: String(1000 + a), EnterpriseName: `simulator.${1000 + a}`, Deleted: 'N' });
      put('Agent_Team_Member', { AgentTeamID: 5300 + (a % teams), SkillTargetID: id });
      put('Skill_Group_Member', { SkillGroupSkillTargetID: 5200 + (a % groups), AgentSkillTargetID: id });
      if (a % 3 === 0) put('Skill_Group_Member', { SkillGroupSkillTargetID: 5200 + ((a + 5) % groups), AgentSkillTargetID: id });
      const state = a % 9 === 8 ? 0 : pick(this.random);
      const row = { SkillTargetID: id, MRDomainID: 1, DateTimeLogin: state ? iso(this.now - 7200000) : null, Extension: state ? String(2000 + a) : null };
      this.#state(row, state, this.now - Math.floor(this.random() * this.random() * 2400) * 1000, groups);
      put('Agent_Real_Time', row);
    }
    this.changes = {};
    this.history = [];
    for (let m = 170; m > 0; m--) this.history.push(this.#minute(this.now - m * 60000, m));
    this.count();
  }

  #minute(time, m) {
    const agents = this.tables.Agent_Real_Time.length * 0.88;
    const swing = 0.5 + 0.5 * Math.sin(m / 25) + 0.1 * this.random();
    const talking = Math.round(agents * (0.45 + 0.2 * swing));
    const notReady = Math.round(agents * (0.1 + 0.05 * Math.sin(m / 9)));
    const work = Math.round(agents * 0.1);
    return {
      time: iso(time), callsWaiting: Math.max(0, Math.round(28 * swing - 6)), oldestWaitSeconds: Math.round(120 * swing), serviceLevel: Math.min(1, 0.98 - 0.4 * swing),
      agentsLoggedOn: Math.round(agents), agentsTalking: talking, agentsHold: Math.round(agents * 0.02), agentsWork: work, agentsReserved: Math.round(agents * 0.02), agentsNotReady: notReady,
      agentsReady: Math.max(0, Math.round(agents * 0.96) - talking - notReady - work), agentsOther: 0, agentsUnknown: 0,
    };
  }

  #state(row, state, since, groups = 12) {
    row.AgentState = state;
    row.DateTimeLastStateChange = iso(since);
    row.ReasonCode = state === 2 ? [1, 2, 3, 4, 50, 0, 77][Math.floor(this.random() * 7)] : 0;
    row.SkillGroupSkillTargetID = [4, 5, 6, 8, 10].includes(state) ? 5200 + (row.SkillTargetID % groups) : null;
  }

  /** One second goes by, in which so many agents change their state. */
  second(changes = 50) {
    this.now += 1000;
    this.clockRow.NowTime = iso(this.now);
    this.#changed('Controller_Time', { ControllerID: 1, NowTime: this.clockRow.NowTime });
    this.agents(changes);
    // `calm` leaves the call types to the test
    for (const row of this.calm ? [] : this.tables.Call_Type_Real_Time) {
      if (this.random() < 0.6) continue;
      const id = row.CallTypeID - 5100;
      const waiting = Math.max(0, Math.min(14, row.RouterCallsQNow + Math.floor(this.random() * 3) - 1));
      const change = { CallTypeID: row.CallTypeID, RouterCallsQNow: waiting, CallsAtAgentNow: 20 + id + Math.floor(this.random() * 4), CallsOfferedToday: row.CallsOfferedToday + 1 };
      if (waiting === 0) change.RouterLongestCallQ = null;
      else if (!row.RouterLongestCallQ || this.random() < 0.02) change.RouterLongestCallQ = iso(this.now - 1000 * Math.floor(this.random() * (id % 5 === 0 ? 200 : 50)));
      Object.assign(row, change);
      this.#changed('Call_Type_Real_Time', change);
    }
    this.count();
    if (this.now % 60000 === 0) this.history.push(this.#minute(this.now, 0));
  }

  /** So many agents change their state. */
  agents(changes) {
    const agents = this.tables.Agent_Real_Time;
    for (let i = 0; i < changes && agents.length; ) {
      const row = agents[Math.floor(this.random() * agents.length)];
      if (row.AgentState === 0) continue;
      i++;
      this.#state(row, pick(this.random), this.now);
      const { SkillTargetID, MRDomainID, AgentState, DateTimeLastStateChange, ReasonCode, SkillGroupSkillTargetID } = row;
      this.#changed('Agent_Real_Time', { SkillTargetID, MRDomainID, AgentState, DateTimeLastStateChange, ReasonCode, SkillGroupSkillTargetID });
    }
  }

  count() {
    for (const row of this.tables.Skill_Group_Real_Time) {
      const n = new Array(15).fill(0);
      for (const a of this.tables.Agent_Real_Time) if (5200 + (a.SkillTargetID % this.tables.Skill_Group_Real_Time.length) === row.SkillTargetID) n[a.AgentState]++;
      const logged = n.reduce((x, y) => x + y, 0) - n[0] - n[9];
      const change = { SkillTargetID: row.SkillTargetID, LoggedOn: logged, Avail: n[3], NotReady: n[2], TalkingIn: n[4], Hold: n[10], WorkReady: n[6], WorkNotReady: n[5], ReservedAgents: n[8] };
      Object.assign(row, change);
      this.#changed('Skill_Group_Real_Time', change);
    }
  }

  put(table, change, key) {
    const row = this.tables[table].find((r) => r[key] === change[key]);
    if (row) Object.assign(row, change);
    else this.tables[table].push(change);
    this.#changed(table, change);
  }

  #changed(table, row) {
    ((this.changes ??= {})[table] ??= []).push({ ...row });
  }

  take() {
    const changes = this.changes;
    this.changes = {};
    return changes;
  }
}

export const FEED_OF = (table) => (table === 'Agent_Real_Time' ? 'agents' : table.endsWith('_Real_Time') || table === 'Controller_Time' ? 'calls' : 'config');

/** Starts the server. `control` breaks things: see its fields. */
export async function startMock({ port = 0, host = '127.0.0.1', changes = 50, ticking = true, ...options } = {}) {
  const site = new MadeUpSite(options);
  const streams = new Set();
  const control = {
    site,
    /** Nothing is said on streams that stay open, as by a stopped process. */
    mute: false,
    /** Requests are refused with 503. */
    down: false,
    /** What heartbeats say is broken. */
    broken: [],
    /** Feeds by name that are stale, with the reason. */
    stale: {},
    session: false,
    changes,
    cut() {
      for (const s of streams) s.response.destroy();
    },
    tick() {
      site.second(control.changes);
      control.send();
      beat();
    },
    /** Tells what has changed. */
    send() {
      send(site.take());
    },
    streams,
  };
  let id = 0;

  const facts = (feed) => ({
    feed, site: 'north', source: 'central', epoch: 7, sequence: site.sequence[feed], tick: id, controllerTime: iso(site.now), timeZone: 'Europe/Berlin',
    state: control.stale[feed] ? 'CONNECTING' : 'LIVE', stale: !!control.stale[feed], ageMillis: control.stale[feed] ? 4200 : 12, reason: control.stale[feed] ?? 'follows central',
  });
  const write = (stream, type, data) => {
    if (control.mute || stream.response.destroyed) return;
    stream.response.write(`id: ${++id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  function send(changes) {
    for (const feed of ['config', 'calls', 'agents']) {
      const tables = Object.fromEntries(Object.entries(changes).filter(([t]) => FEED_OF(t) === feed).map(([t, put]) => [t, { put }]));
      if (!Object.keys(tables).length || control.stale[feed]) continue;
      site.sequence[feed]++;
      for (const s of streams) write(s, 'rows', { feed, epoch: 7, sequence: site.sequence[feed], tick: id, controllerTime: iso(site.now), tables });
    }
  }
  function beat() {
    const feeds = Object.fromEntries(['calls', 'agents', 'config'].map((f) => [f, facts(f)]));
    for (const s of streams) write(s, 'heartbeat', { now: new Date().toISOString(), feeds, broken: control.broken });
  }
  const timer = ticking ? setInterval(control.tick, 1000) : null;

  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://mock');
    const json = (status, body, headers = {}) => {
      response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...headers });
      response.end(body === null ? undefined : JSON.stringify(body));
    };
    const refuse = (status, code, message, headers) => json(status, { error: { status, code, message } }, headers);
    if (!url.pathname.startsWith('/api/')) {
      const path = normalize(url.pathname === '/' ? '/index.html' : url.pathname);
      try {
        const body = await readFile(join(PAGE, path));
        response.writeHead(200, { 'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream', 'Content-Security-Policy': CSP, 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer' });
        response.end(body);
      } catch {
        refuse(404, 'no-such-page', 'There is no such page.');
      }
      return;
    }
    if (control.down) return refuse(503, 'busy', 'The node is starting.');
    const path = url.pathname.slice('/api/v1/'.length);
    if (path === 'session') {
      if (request.method === 'POST') {
        const body = JSON.parse(await text(request));
        if (body.password === 'wrong') return refuse(401, 'wrong-credentials', 'Wrong user or password.');
        if (body.password === 'often') return refuse(429, 'too-many', 'Too many failures.', { 'Retry-After': '60' });
        control.session = true;
        return json(200, { user: body.user, expires: iso(Date.now() + 3600000) }, { 'Set-Cookie': 'openrtd=x; HttpOnly; SameSite=Strict; Path=/' });
      }
      if (request.method === 'DELETE') {
        control.session = false;
        return json(204, null);
      }
      return control.session ? json(200, { user: 'wall' }) : refuse(401, 'not-signed-in', 'Sign in first.');
    }
    if (!control.session) return refuse(401, 'not-signed-in', 'Sign in first.');
    if (path === 'history') {
      return json(200, { site: 'north', controllerTime: iso(site.now), timeZone: 'Europe/Berlin', state: 'LIVE', stale: false, callType: url.searchParams.get('callType'), rows: site.history });
    }
    if (path === 'stream') {
      response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
      const stream = { response, lastId: request.headers['last-event-id'] };
      const wanted = url.searchParams.get('tables').split(',');
      for (const feed of ['config', 'calls', 'agents']) {
        write(stream, 'state', facts(feed));
        write(stream, 'snapshot', { ...facts(feed), tables: Object.fromEntries(wanted.filter((t) => FEED_OF(t) === feed).map((t) => [t, site.tables[t] ?? []])) });
      }
      streams.add(stream);
      beat();
      request.on('close', () => streams.delete(stream));
      return;
    }
    refuse(404, 'no-such-page', 'There is no such page.');
  });
  await new Promise((resolve) => server.listen(port, host, resolve));
  return {
    url: `http://${host}:${server.address().port}/`,
    control,
    async close() {
      clearInterval(timer);
      for (const s of streams) s.response.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function pick(rnd) {
  const r = rnd();
  return r < 0.5 ? 4 : r < 0.62 ? 3 : r < 0.74 ? 2 : r < 0.82 ? 6 : r < 0.86 ? 5 : r < 0.9 ? 8 : r < 0.94 ? 10 : r < 0.98 ? 7 : 9;
}

function iso(ms) {
  return new Date(ms).toISOString();
}

async function text(request) {
  let all = '';
  for await (const chunk of request) all += chunk;
  return all;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const mock = await startMock({ port: Number(process.env.PORT ?? 8099) });
  console.log(`A made-up site at ${mock.url}`);
}
