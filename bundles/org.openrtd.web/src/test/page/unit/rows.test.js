import test from 'node:test';
import assert from 'node:assert/strict';
import { Rows } from '../../../main/resources/page/rows.js';
import { random } from '../mock.js';

test('a put with some columns keeps the others; a delete takes the row', () => {
  const heard = [];
  const rows = new Rows((changed) => heard.push([...changed].map(([t, keys]) => [t, keys && [...keys]])));
  rows.snapshot({ tables: { Agent_Real_Time: [{ SkillTargetID: 1, MRDomainID: 1, AgentState: 3, ReasonCode: 0 }], Unknown_Table: [{}] } });
  rows.rows({ tables: { Agent_Real_Time: { put: [{ SkillTargetID: 1, MRDomainID: 1, AgentState: 2, ReasonCode: null }] } } });
  assert.deepEqual(rows.row('Agent_Real_Time', '1/1'), { SkillTargetID: 1, MRDomainID: 1, AgentState: 2, ReasonCode: null });
  rows.rows({ tables: { Agent_Real_Time: { delete: [{ SkillTargetID: 1, MRDomainID: 1 }] }, Unknown_Table: { put: [{}] } } });
  assert.equal(rows.table('Agent_Real_Time').size, 0);
  assert.deepEqual(heard, [[['Agent_Real_Time', null]], [['Agent_Real_Time', ['1/1']]], [['Agent_Real_Time', ['1/1']]]]);
});

test('a snapshot voids what was known of its tables, and of no others', () => {
  const rows = new Rows();
  rows.snapshot({ tables: { Call_Type: [{ CallTypeID: 1 }], Skill_Group: [{ SkillTargetID: 9 }] } });
  rows.snapshot({ tables: { Call_Type: [{ CallTypeID: 2 }] } });
  assert.deepEqual([...rows.table('Call_Type').keys()], ['2']);
  assert.deepEqual([...rows.table('Skill_Group').keys()], ['9']);
});

test('whatever happens, the rows are those of the source', () => {
  const seed = Number(process.env.SEED ?? Date.now() % 1e9);
  console.log(`seed ${seed}`);
  const rnd = random(seed);
  const source = new Map();
  const rows = new Rows();
  for (let step = 0; step < 3000; step++) {
    const put = [];
    const gone = [];
    for (let i = 0; i < 4; i++) {
      const id = Math.floor(rnd() * 30);
      if (put.some((r) => r.CallTypeID === id) || gone.some((r) => r.CallTypeID === id)) continue;
      if (rnd() < 0.2 && source.delete(id)) gone.push({ CallTypeID: id });
      else {
        const change = { CallTypeID: id, RouterCallsQNow: step };
        const known = source.get(id);
        if (!known) change.CallsOfferedToday = step;
        source.set(id, { ...known, ...change });
        put.push(change);
      }
    }
    if (rnd() < 0.01) rows.snapshot({ tables: { Call_Type_Real_Time: [...source.values()].map((r) => ({ ...r })) } });
    else rows.rows({ tables: { Call_Type_Real_Time: { put, delete: gone } } });
  }
  assert.deepEqual(new Map([...rows.table('Call_Type_Real_Time')].map(([k, r]) => [Number(k), r]).sort((a, b) => a[0] - b[0])), new Map([...source].sort((a, b) => a[0] - b[0])));
});
