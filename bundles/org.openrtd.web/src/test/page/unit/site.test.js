import test from 'node:test';
import assert from 'node:assert/strict';
import { emptyView } from '../../../main/resources/page/address.js';
import { Rows, KEYS } from '../../../main/resources/page/rows.js';
import { Site, sortRows, TABLES, VIEWS } from '../../../main/resources/page/site.js';
import { MadeUpSite, MARKUP, RTL } from '../mock.js';

function site(options = { agents: 200, seed: 5 }) {
  const made = new MadeUpSite(options);
  const rows = new Rows();
  rows.snapshot({ tables: structuredClone(made.tables) });
  return { made, rows, site: new Site(rows), now: made.now };
}

test('every table that is asked for has a key', () => {
  for (const t of TABLES) assert.ok(KEYS[t], t);
});

test('names are those of people and things; of what has not arrived, the number', () => {
  const { site: s, rows } = site();
  assert.equal(s.name('Agent', 10000), 'Ana Abe');
  assert.equal(s.name('Agent', 10007), MARKUP);
  assert.equal(s.name('Agent', 10008), RTL);
  assert.equal(s.name('Call_Type', 99), '#99');
  rows.rows({ tables: { Call_Type: { put: [{ CallTypeID: 99, EnterpriseName: 'New' }] } } });
  s.configurationChanged();
  assert.equal(s.name('Call_Type', 99), 'New');
  assert.equal(s.reason(1), 'Break');
  assert.equal(s.reason(77), '77');
  assert.equal(s.reason(0), '');
});

test('filters: team, skill group, state, text, and who is logged off', () => {
  const { site: s, rows, made } = site();
  const agents = (view) => s.list('agents', { ...emptyView(), ...view }).map((r) => r.SkillTargetID);
  const all = [...rows.table('Agent_Real_Time').values()];
  assert.equal(agents({ off: true }).length, 200);
  assert.equal(agents({}).length, all.filter((r) => r.AgentState !== 0).length);
  const team = new Set(made.tables.Agent_Team_Member.filter((m) => m.AgentTeamID === 5301).map((m) => m.SkillTargetID));
  assert.deepEqual(new Set(agents({ off: true, team: [5301] })), team);
  const group = new Set(made.tables.Skill_Group_Member.filter((m) => m.SkillGroupSkillTargetID === 5203).map((m) => m.AgentSkillTargetID));
  for (const id of agents({ off: true, group: [5203] })) assert.ok(group.has(id) || rows.row('Agent_Real_Time', `${id}/1`).SkillGroupSkillTargetID === 5203);
  assert.ok(agents({ state: [0] }).every((id) => rows.row('Agent_Real_Time', `${id}/1`).AgentState === 0));
  assert.deepEqual(agents({ off: true, q: 'לוי' }), [10008]);
  assert.deepEqual(agents({ off: true, q: 'simulator.1003' }), [10003]);
  assert.equal(s.list('types', { ...emptyView(), type: [5100, 5101] }).length, 2);
  const groups = s.list('groups', { ...emptyView(), team: [5301] }).map((r) => r.SkillTargetID);
  assert.ok(groups.length > 0 && groups.length < 12);
});

test('the site at a glance is the sum of what the filters let through', () => {
  const { site: s, rows } = site();
  rows.rows({ tables: { Call_Type_Real_Time: { put: [
    { CallTypeID: 5100, RouterCallsQNow: 3, RouterLongestCallQ: '2026-11-23T09:29:10.000Z', ServiceLevelToday: 0.5, ServiceLevelCallsOfferedToday: 100 },
    { CallTypeID: 5101, RouterCallsQNow: 2, RouterLongestCallQ: '2026-11-23T09:29:00.000Z', ServiceLevelToday: 1, ServiceLevelCallsOfferedToday: 300 },
    { CallTypeID: 5102, ServiceLevelToday: null, ServiceLevelCallsOfferedToday: 0 },
  ] } } });
  const g = s.glance({ ...emptyView(), type: [5100, 5101, 5102], q: 'nobody', state: [3] });
  assert.equal(g.waiting, 5);
  assert.equal(g.oldest, Date.UTC(2026, 10, 23, 9, 29, 0));
  assert.equal(g.serviceLevel, 0.875);
  const states = [...rows.table('Agent_Real_Time').values()].map((r) => r.AgentState);
  assert.equal(g.loggedOn, states.filter((x) => x !== 0 && x !== 9).length);
  assert.equal(g.states[4], states.filter((x) => x === 4).length);
  assert.equal(s.glance({ ...emptyView(), group: [5201] }).byGroup, true);
});

test('an agent of two media is one person at a glance, and two rows', () => {
  const { site: s, rows } = site();
  const before = s.glance(emptyView());
  rows.rows({ tables: { Agent_Real_Time: { put: [{ SkillTargetID: 10000, MRDomainID: 2, AgentState: 3 }] } } });
  const after = s.glance(emptyView());
  assert.equal(after.states.reduce((a, b) => a + b), before.states.reduce((a, b) => a + b));
  assert.ok(s.severalDomains());
});

test('what is not known is null at a glance, and no 0', () => {
  const s = new Site(new Rows());
  const g = s.glance(emptyView());
  assert.equal(g.waiting, null);
  assert.equal(g.serviceLevel, null);
  assert.equal(s.time(), null);
});

test('every column of every table says something of every row, and sorts both ways', () => {
  const { site: s, now } = site();
  for (const [kind, v] of Object.entries(VIEWS)) {
    for (const c of v.columns) {
      const rows = s.list(kind, { ...emptyView(), off: true });
      for (const row of rows) {
        const value = c.value(row, s, now);
        assert.equal(typeof (c.show ? c.show(value, row, s) : value), 'string', `${kind}.${c.id}`);
        c.watch?.(row, value);
      }
      const up = sortRows(kind, rows, c.id, s, now);
      const down = sortRows(kind, [...rows].reverse(), `-${c.id}`, s, now);
      assert.equal(up.length, down.length);
      const key = (r) => (c.sortBy ? c.sortBy(r) : c.value(r, s, now));
      const known = up.map(key).filter((x) => x != null);
      if (typeof known[0] === 'number') {
        assert.deepEqual(known, [...known].sort((a, b) => a - b), `${kind}.${c.id}`);
        assert.deepEqual(down.map(key).filter((x) => x != null), [...known].reverse(), `${kind}.${c.id}`);
      }
    }
  }
});

test('what ticks keeps its order while the clock goes on', () => {
  const { site: s, now } = site();
  const order = (at) => sortRows('agents', s.list('agents', emptyView()), '-time', s, at).map((r) => r.SkillTargetID);
  const first = order(now);
  for (let t = 0; t < 5; t++) assert.deepEqual(order(now + t * 333), first);
});
