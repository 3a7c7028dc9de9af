import test from 'node:test';
import assert from 'node:assert/strict';
import { EventReader } from '../../../main/resources/page/sse.js';
import { random } from '../mock.js';

const TEXT = '\ufeff: hello\r\nid: 1\revent: rows\ndata: {"a":1}\r\n\r\ndata: x\ndata:y\n\nid: 3\n\nevent: state\n\ndata\n\n: \nid: 4\ndata: end\n\ndata: lost';
const EVENTS = [
  { type: 'rows', data: '{"a":1}', id: '1' },
  { type: 'message', data: 'x\ny', id: '1' },
  { type: 'message', data: '', id: '3' },
  { type: 'message', data: 'end', id: '4' },
];

test('events are the same however the text is cut', () => {
  const seed = Number(process.env.SEED ?? Date.now() % 1e9);
  console.log(`seed ${seed}`);
  const rnd = random(seed);
  for (let trial = 0; trial < 500; trial++) {
    const events = [];
    const reader = new EventReader((e) => events.push(e));
    for (let at = 0; at < TEXT.length; ) {
      const n = trial === 0 ? 1 : Math.floor(rnd() * 9);
      reader.push(TEXT.slice(at, at + n));
      at += n;
    }
    assert.deepEqual(events, EVENTS);
    assert.equal(reader.lastId, '4');
  }
});

test('an event that is not whole is not resumed from', () => {
  const reader = new EventReader(() => {});
  reader.push('id: 1\ndata: a\n\nid: 2\ndata: b\n');
  assert.equal(reader.lastId, '1');
  reader.push('\n');
  assert.equal(reader.lastId, '2');
});
