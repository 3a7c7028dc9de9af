import test from 'node:test';
import assert from 'node:assert/strict';
import { Freshness, STALE_AFTER } from '../../../main/resources/page/freshness.js';

const HOST = Date.UTC(2026, 10, 23);

function beat(f, now, { broken = [], way = 5, calls = {}, agents = {} } = {}) {
  const facts = { epoch: 7, state: 'LIVE', stale: false, ageMillis: 100 };
  f.heartbeat({ now: new Date(HOST + now - way).toISOString(), broken, feeds: { calls: { ...facts, ...calls }, agents: { ...facts, ...agents } } }, now);
}

function live(now = 1000) {
  const f = new Freshness(0);
  f.connected();
  for (const feed of ['calls', 'agents']) f.feed({ feed, epoch: 7, state: 'LIVE', stale: false, ageMillis: 10, tables: {} }, now);
  beat(f, now);
  return f;
}

test('nothing is current before it was heard', () => {
  assert.equal(new Freshness(0).assess(100).level, 'waiting');
  assert.equal(live().assess(1100).level, 'live');
});

test('silence for three heartbeats is the page’s own connection, and ends with the next word', () => {
  const f = live();
  f.trouble('it cannot be reached.');
  assert.equal(f.assess(1000 + STALE_AFTER - 200).level, 'live');
  const verdict = f.assess(1000 + STALE_AFTER + 1);
  assert.equal(verdict.level, 'stale');
  assert.ok(verdict.all);
  assert.deepEqual(verdict.causes.map((c) => c.part), ['connection']);
  assert.match(verdict.causes[0].text, /cannot be reached/);
  beat(f, 9000);
  assert.equal(f.assess(9001).level, 'live');
});

test('numbers that are too old for want of a word are the connection’s fault, not the feeds’', () => {
  const f = live();
  beat(f, 2000, { calls: { ageMillis: 900 }, agents: { ageMillis: 900 } });
  assert.equal(f.assess(3650).level, 'live');
  const verdict = f.assess(3900);
  assert.deepEqual(verdict.causes.map((c) => c.part), ['connection']);
  assert.ok(verdict.all);
});

test('feeds that are not current for one reason are one line', () => {
  const f = live();
  for (const feed of ['calls', 'agents']) f.feed({ feed, epoch: 7, state: 'CONNECTING', stale: true, ageMillis: 10, reason: 'no answer' }, 2000);
  assert.deepEqual(f.assess(2001).causes.map((c) => c.text), ['The feeds calls, agents are not current: no answer']);
});

test('never having heard anything is said after three heartbeats, too', () => {
  assert.equal(new Freshness(0).assess(STALE_AFTER + 1).causes[0].part, 'connection');
});

test('a peripheral whose clock the feeds wait for is all that is named', () => {
  const f = live();
  const feeds = ['agents', 'calls'];
  const reason = 'source central is RESUMING itself: gateway bank, which moves the clock, is silent';
  for (const feed of feeds) f.feed({ feed, epoch: 7, state: 'RESUMING', stale: true, ageMillis: 10, reason }, 2000);
  beat(f, 2000, {
    broken: [{ part: 'peripheral', name: 'bank', state: 'silent', reason: '', since: '2026-11-23T00:00:00Z', feeds }],
    calls: { state: 'RESUMING', stale: true },
    agents: { state: 'RESUMING', stale: true },
  });
  const verdict = f.assess(2001);
  assert.deepEqual(verdict.causes.map((c) => c.text), ['The peripheral bank is silent.']);
  assert.deepEqual([...verdict.feeds].sort(), feeds);
  assert.deepEqual([...verdict.peripherals], ['bank']);
});

test('what broke elsewhere is named, with the feeds or the peripheral that it concerns', () => {
  const f = live();
  beat(f, 2000, { broken: [{ part: 'peripheral', name: 'simulator', state: 'silent', reason: 'nothing heard', since: '2026-11-23T00:00:00Z', feeds: [] }] });
  let verdict = f.assess(2001);
  assert.equal(verdict.level, 'stale');
  assert.deepEqual([...verdict.peripherals], ['simulator']);
  assert.equal(verdict.feeds.size, 0);
  assert.equal(verdict.causes[0].text, 'The peripheral simulator is silent: nothing heard');

  beat(f, 3000, { broken: [{ part: 'centre', name: 'central', state: '', reason: '', feeds: ['calls'] }], calls: { stale: true } });
  verdict = f.assess(3001);
  assert.deepEqual([...verdict.feeds], ['calls']);
  assert.deepEqual(verdict.causes.map((c) => c.text), ['The centre central is not current.']);

  beat(f, 4000, { broken: [{ part: 'node', name: 'central', state: 'REFUSED', reason: 'central refuses it', feeds: ['agents'] }] });
  assert.deepEqual(f.assess(4001).causes.map((c) => c.text), ['This server is not current: central refuses it']);

  beat(f, 5000);
  assert.equal(f.assess(5001).level, 'live');
});

test('a feed that is stale without a known cause is named by itself', () => {
  const f = live();
  f.feed({ feed: 'agents', epoch: 7, state: 'RESUMING', stale: true, ageMillis: 4000, reason: 'have 3, got 5' }, 2000);
  const verdict = f.assess(2001);
  assert.deepEqual([...verdict.feeds], ['agents']);
  assert.match(verdict.causes[0].text, /agents.*have 3, got 5/);
});

test('numbers that age while heartbeats go on are not current, whatever the node says of them', () => {
  const f = live();
  beat(f, 2000, { calls: { ageMillis: 2500 } });
  assert.equal(f.assess(2100).level, 'live');
  assert.deepEqual([...f.assess(2600).feeds], ['calls']);
});

test('a stream that comes late is late, though it never pauses', () => {
  const f = live();
  let now = 1000;
  for (; now < 10000; now += 1000) beat(f, now);
  for (let way = 5; way < 4000; way += 400, now += 1000) beat(f, now, { way });
  assert.ok(f.late());
  const verdict = f.assess(now - 999);
  assert.deepEqual(verdict.causes.map((c) => c.part), ['connection']);
  f.connected();
  beat(f, now);
  assert.equal(f.assess(now + 1).level, 'live');
  assert.ok(!f.late());
});

test('a twin that hears of nothing but the socket would miss a centre that died', () => {
  // the broken twin: judges by silence alone
  const f = live();
  beat(f, 2000, { calls: { stale: true, state: 'CONNECTING', reason: 'central does not answer' } });
  const twin = f.silence(2001) > STALE_AFTER ? 'stale' : 'live';
  assert.equal(twin, 'live');
  assert.equal(f.assess(2001).level, 'stale');
});
