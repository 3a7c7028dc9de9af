import test from 'node:test';
import assert from 'node:assert/strict';
import { emptyView, fold, formatView, parseView, textMatcher } from '../../../main/resources/page/address.js';

test('a view that is in the address is the same view again', () => {
  const view = { ...emptyView(), team: [5, 7], group: [1], type: [2, 3], state: [2], hide: ['charts'], q: 'é & <b>#', off: true, wall: true, sort: { agents: '-time' } };
  assert.deepEqual(parseView(formatView(view)), view);
  assert.equal(formatView(emptyView()), '');
  assert.deepEqual(parseView(''), emptyView());
});

test('an address that somebody made up is no harm', () => {
  const view = parseView('#team=1,x,<script>,1,-3,99999999999&hide=nothing,agents&sort.agents=a"b&sort.types=-oldest&wall=2&q=' + 'a'.repeat(1000) + '&other=1&__proto__=1');
  assert.deepEqual(view.team, [1]);
  assert.deepEqual(view.hide, ['agents']);
  assert.deepEqual(view.sort, { types: '-oldest' });
  assert.equal(view.wall, false);
  assert.equal(view.q.length, 200);
});

test('text is found without case and accents, in whatever order', () => {
  const matches = textMatcher('MÜLLER jo');
  assert.ok(matches(fold('Joachim Mueller-Müller')));
  assert.ok(!matches(fold('Anna Müller')));
  assert.ok(textMatcher('  ')(''));
  assert.ok(textMatcher('לוי')(fold('דנה לוי')));
});
