import test from 'node:test';
import assert from 'node:assert/strict';
import { MEASURES, readLimit, showLimit, STATE_MEASURE, Thresholds } from '../../../main/resources/page/thresholds.js';

function store(initial = {}) {
  const map = new Map(Object.entries(initial));
  return { getItem: (k) => map.get(k) ?? null, setItem: (k, v) => map.set(k, v), removeItem: (k) => map.delete(k), map };
}

test('a value at the limit is past it; one that is not known is not', () => {
  const t = new Thresholds(store());
  t.set('waiting', 5, 10);
  assert.deepEqual([null, 0, 4, 5, 9, 10, NaN].map((v) => t.level('waiting', v)), ['', '', '', 'warn', 'warn', 'alarm', '']);
  t.set('serviceLevel', 0.8, 0.6);
  assert.deepEqual([0.8, 0.79, 0.6, 0.59].map((v) => t.level('serviceLevel', v)), ['', 'warn', 'warn', 'alarm']);
  t.set('waiting', null, 10);
  assert.equal(t.level('waiting', 9), '');
});

test('limits outlive the page, and come back to the defaults', () => {
  const s = store();
  new Thresholds(s).set('oldest', 30, null);
  assert.deepEqual(new Thresholds(s).get('oldest'), { warn: 30, alarm: null });
  const t = new Thresholds(s);
  t.reset();
  assert.deepEqual(t.get('oldest'), { warn: 60, alarm: 180 });
  assert.equal(s.map.size, 0);
});

test('nonsense in the store, or none, is the defaults', () => {
  for (const text of ['', '{', '[]', 'null', '{"oldest":3}', '{"oldest":{"warn":"<b>","alarm":-1}}']) {
    const t = new Thresholds(store({ 'openrtd.thresholds': text }));
    assert.ok(t.get('waiting').warn === 5, text);
  }
  const throwing = { getItem() { throw new Error('no'); }, setItem() { throw new Error('no'); }, removeItem() { throw new Error('no'); } };
  const t = new Thresholds(throwing);
  t.set('waiting', 1, 2);
  assert.equal(t.level('waiting', 1), 'warn');
  assert.equal(new Thresholds(null).level('waiting', 10), 'alarm');
});

test('what is shown of a limit is read as the same limit', () => {
  for (const m of MEASURES) {
    for (const v of [m.warn, m.alarm, m.unit === '%' ? 0.125 : 7]) assert.equal(readLimit(m, showLimit(m, v)), v, `${m.id} ${v}`);
  }
  const [count] = MEASURES;
  for (const no of ['x', '-1', '1.5']) assert.ok(Number.isNaN(readLimit(count, no)));
  assert.equal(readLimit(MEASURES.find((m) => m.unit === '%'), ' 82,5 % '), 0.825);
  assert.equal(readLimit(count, '  '), null);
});

test('states are watched by measures that exist', () => {
  for (const id of Object.values(STATE_MEASURE)) assert.ok(MEASURES.some((m) => m.id === id), id);
});
