import test from 'node:test';
import assert from 'node:assert/strict';
import { age, average, clock, count, duration, NONE, parseDuration, percent, secondsBetween } from '../../../main/resources/page/format.js';

test('durations are h:mm:ss and never negative', () => {
  assert.deepEqual([0, 59, 60, 3599, 3600, 86399, 360000, -5, 1.9].map(duration), ['0:00:00', '0:00:59', '0:01:00', '0:59:59', '1:00:00', '23:59:59', '100:00:00', '0:00:00', '0:00:01']);
  assert.equal(duration(NaN), NONE);
  assert.equal(duration(undefined), NONE);
});

test('a duration that is written is read again', () => {
  for (const s of [0, 1, 59, 60, 3600, 45296]) assert.equal(parseDuration(duration(s)), s);
  assert.equal(parseDuration('90'), 90);
  assert.equal(parseDuration('1:30'), 90);
  for (const no of ['', 'x', '1:60', '1:60:00', '-1', '1:2:3:4']) assert.ok(Number.isNaN(parseDuration(no)), no);
});

test('what is not known is no number', () => {
  assert.equal(count(null), NONE);
  assert.equal(percent(null), NONE);
  assert.equal(average(10, 0), null);
  assert.equal(average(null, 2), null);
  assert.equal(secondsBetween(null, 5), null);
  assert.equal(clock(null), NONE);
});

test('counts, ratios and averages', () => {
  assert.equal(count(1234567), '1\u202f234\u202f567');
  assert.equal(count(0), '0');
  assert.equal(percent(0.8333), '83.3\u202f%');
  assert.equal(average(59, 2), 29);
  assert.equal(secondsBetween(2000, 1000), 0);
});

test('the clock is the controller’s, whatever the viewer’s zone', () => {
  const noon = Date.UTC(2026, 10, 23, 11, 5, 9);
  assert.equal(clock(noon, 60), '12:05:09');
  assert.equal(clock(noon, -210, { seconds: false }), '07:35');
  assert.equal(clock(noon, 840, { date: true }), 'Tue 24 Nov 2026, 01:05:09');
});

test('ages are calm', () => {
  assert.deepEqual([0, 400, 1000, 1001, 59000].map(age), ['1\u202fs', '1\u202fs', '1\u202fs', '2\u202fs', '59\u202fs']);
  assert.equal(age(185000), '0:03:05');
});
