/** The page in a real browser, against the made-up site. Waits for conditions, never for times. */
import test, { after, before, beforeEach, afterEach } from 'node:test';
import assert from 'node:assert/strict';
import { launch, PATIENCE } from '../launch.js';
import { ARABIC, MARKUP, RTL, startMock } from '../mock.js';

let browser;
let mock;
let context;
let page;
let said;

before(async () => {
  browser = await launch();
});
after(() => browser?.close());

beforeEach(async () => {
  mock = await startMock({ agents: 2000, changes: 20 });
  mock.control.session = true;
  context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  said = [];
  page.on('console', (m) => ['error', 'warning'].includes(m.type()) && said.push(m.text()));
  page.on('pageerror', (e) => said.push(e.message));
});
afterEach(async () => {
  await context.close();
  await mock.close();
  const unexpected = said.filter((s) => !/Failed to load resource|net::ERR/.test(s));
  assert.deepEqual(unexpected, [], 'the page complained');
});

const open = async (hash = '') => {
  await page.goto(mock.url + hash);
  await page.waitForSelector('body[data-fresh="live"]');
  await page.waitForSelector('#agents-panel tbody tr:not(.spacer)');
};
const text = (selector) => page.textContent(selector);
const until = (f, arg) => page.waitForFunction(f, arg, { polling: 100 });

test('signs in, says what was wrong, and signs out', async () => {
  mock.control.session = false;
  await page.goto(mock.url);
  await page.fill('#user', 'wall');
  await page.fill('#password', 'wrong');
  await page.keyboard.press('Enter');
  await until(() => document.getElementById('sign-in-error').textContent === 'Wrong user or password.');
  await page.fill('#password', 'often');
  await page.keyboard.press('Enter');
  await until(() => /Too many failures.*0:01:00/.test(document.getElementById('sign-in-error').textContent));
  await page.fill('#password', 'secret-word');
  await page.keyboard.press('Enter');
  await page.waitForSelector('body[data-fresh="live"]');
  assert.ok(!(await page.content()).includes('secret-word'));
  assert.equal(await page.inputValue('#password'), '');
  assert.ok(!page.url().includes('secret'));
  await page.click('#sign-out');
  await page.waitForSelector('#sign-in:not([hidden])');
  assert.equal(mock.control.session, false);
});

test('a session that ends shows the form, not old numbers', async () => {
  await open();
  mock.control.session = false;
  mock.control.cut();
  await page.waitForSelector('#sign-in:not([hidden])');
  assert.ok(await page.isHidden('#live'));
  assert.equal(await page.$$eval('#live tbody tr:not(.spacer)', (all) => all.length), 0, 'rows that were shown are gone');
});

test('shows the rows, all tables at once, and what changes in them', async () => {
  mock.control.site.calm = true;
  await open();
  mock.control.site.put('Call_Type_Real_Time', { CallTypeID: 5100, RouterCallsQNow: 13, RouterLongestCallQ: new Date(mock.control.site.now - 125000).toISOString(), CallsOfferedToday: 4321 }, 'CallTypeID');
  await until(() => [...document.querySelectorAll('#types-panel tbody tr')].some((tr) => /4\s321/.test(tr.textContent) && /0:02:\d\d/.test(tr.textContent)));
  assert.equal(await text('#types-panel .counter'), '14');
  assert.match(await text('#agents-panel .counter'), /^\d+ of 2000$/);
  assert.match(await text('#clock-time'), /^\d\d:\d\d:\d\d$/);
});

test('time in state ticks by the controller’s clock', async () => {
  await open('#q=simulator.1000&off=1');
  const time = () => page.textContent('#agents-panel tbody .c-time');
  mock.control.site.put('Agent_Real_Time', { SkillTargetID: 10000, MRDomainID: 1, AgentState: 0, DateTimeLastStateChange: new Date(mock.control.site.now).toISOString() }, 'SkillTargetID');
  await until(() => /^0:\d\d:\d\d$/.test(document.querySelector('#agents-panel tbody .c-time').textContent));
  const first = await time();
  await until((was) => document.querySelector('#agents-panel tbody .c-time').textContent > was, first);
});

test('names with markup are text, and right-to-left names keep their place', async () => {
  await open('#off=1&sort.agents=name');
  await until((m) => [...document.querySelectorAll('#types-panel tbody th')].some((th) => th.textContent === m), MARKUP);
  await page.fill('#q', ARABIC);
  await until((m) => document.querySelector('#groups-panel tbody th')?.textContent === m, ARABIC);
  await page.fill('#q', 'onerror');
  await until((m) => document.querySelector('#agents-panel tbody th')?.textContent === m, MARKUP);
  await page.fill('#q', 'לוי');
  await until((m) => document.querySelector('#agents-panel tbody th')?.textContent === m, RTL);
  assert.equal(await page.$$eval('img, #live b', (all) => all.length), 0);
  const [cell, name] = await page.$eval('#agents-panel tbody th', (th) => [th.getBoundingClientRect().left, th.firstChild.getBoundingClientRect().left].map(Math.round));
  assert.ok(name - cell < 20, 'the name stands at the line’s start');
  assert.equal(await page.$eval('#agents-panel tbody th bdi', (b) => getComputedStyle(b).unicodeBidi), 'isolate');
});

test('filters are in the address, and an address is a view', async () => {
  await open();
  await page.click('.picker:nth-child(1) .pick');
  await page.click('.picker:nth-child(1) label:has(bdi:text-is("Team 3"))');
  await until(() => /team=\d+/.test(location.hash));
  await page.keyboard.press('Escape');
  await page.fill('#q', 'a');
  await until(() => /q=a/.test(location.hash));
  await page.click('#agents-panel th.c-time button');
  await until(() => /sort\.agents=-time/.test(location.hash));
  await until(() => document.querySelector('#agents-panel th.c-time').getAttribute('aria-sort') === 'descending');
  const shown = await text('#agents-panel .counter');
  const url = page.url();
  const other = await context.newPage();
  await other.goto(url);
  await other.waitForFunction((was) => document.querySelector('#agents-panel .counter')?.textContent === was, shown);
  assert.equal(await other.inputValue('#q'), 'a');
  await page.click('#clear');
  await until(() => !/team|q=/.test(location.hash));
});

test('thresholds colour what is past them, and are kept', async () => {
  await open();
  mock.control.site.put('Call_Type_Real_Time', { CallTypeID: 5101, RouterCallsQNow: 2 }, 'CallTypeID');
  await page.click('#thresholds-button');
  await page.fill('#limit-oldest-warn', 'soon');
  await page.click('#thresholds .primary');
  assert.match(await text('#thresholds-error'), /Oldest call waiting, warn: “soon” is not a duration/);
  await page.fill('#limit-oldest-warn', '0:01');
  await page.fill('#limit-waiting-warn', '0');
  await page.fill('#limit-waiting-alarm', '');
  await page.click('#thresholds .primary');
  await until(() => document.querySelectorAll('#types-panel td.c-waiting.warn').length === 14);
  await page.reload();
  await until(() => document.querySelectorAll('#types-panel td.c-waiting.warn').length === 14);
});

test('2,000 agents are a few dozen rows of the document, and every row can be scrolled to', async () => {
  await open('#off=1&sort.agents=name');
  const lines = () => page.$$eval('#agents-panel tbody tr:not(.spacer)', (all) => all.length);
  assert.ok((await lines()) < 120, String(await lines()));
  assert.equal(await page.getAttribute('#agents-panel table', 'aria-rowcount'), '2001');
  const scroller = '#agents-panel .scroller';
  for (const part of [0.37, 1, 0.5, 0]) {
    const seen = await page.$eval(scroller, (s, p) => {
      s.scrollTop = p * (s.scrollHeight - s.clientHeight);
      return s.scrollHeight;
    }, part);
    assert.ok(seen > 2000 * 20, 'the scroll bar tells of all rows');
    await until(() => {
      const s = document.querySelector('#agents-panel .scroller').getBoundingClientRect();
      const rows = [...document.querySelectorAll('#agents-panel tbody tr:not(.spacer)')].map((r) => r.getBoundingClientRect());
      const head = document.querySelector('#agents-panel thead').getBoundingClientRect().height;
      return Math.min(...rows.map((r) => r.top)) <= s.top + head + 1 && Math.max(...rows.map((r) => r.bottom)) >= Math.min(innerHeight, s.bottom) - 2;
    });
  }
  await page.$eval(scroller, (s) => {
    s.scrollTop = s.scrollHeight;
    window.scrollTo(0, document.documentElement.scrollHeight);
  });
  await until(() => [...document.querySelectorAll('#agents-panel tbody tr:not(.spacer)')].at(-1).getAttribute('aria-rowindex') === '2001');
});

test('only cells that changed are touched', async () => {
  mock.control.changes = 0;
  await open('#off=1&sort.agents=name');
  await until(() => document.querySelectorAll('#agents-panel tbody tr:not(.spacer)').length > 20);
  await page.evaluate(() => {
    window.touched = new Set();
    new MutationObserver((all) => {
      for (const m of all) window.touched.add(m.target.nodeType === 3 ? m.target.parentElement.closest('td, th')?.className.split(' ')[0] : `${m.type} ${m.target.tagName}`);
    }).observe(document.querySelector('#agents-panel tbody'), { subtree: true, childList: true, characterData: true });
  });
  const clock = await text('#clock-time');
  await until((was) => document.getElementById('clock-time').textContent !== was, clock);
  await until(() => window.touched.has('c-time'));
  assert.deepEqual(await page.evaluate(() => [...window.touched]), ['c-time']);
});

const breaks = [
  ['a peripheral', 'The peripheral simulator is silent', (c) => (c.broken = [{ part: 'peripheral', name: 'simulator', state: 'silent', reason: 'nothing heard', since: new Date(c.site.now).toISOString(), feeds: [] }])],
  ['the centre', 'The centre central', (c) => {
    c.broken = [{ part: 'centre', name: 'central', state: 'unreachable', reason: 'no answer', since: null, feeds: ['calls', 'agents'] }];
    c.stale = { calls: 'no answer', agents: 'no answer' };
  }],
  ['the distributor', 'The distributor north-1', (c) => {
    c.broken = [{ part: 'distributor', name: 'north-1', state: 'unreachable', reason: 'no answer', since: null, feeds: ['calls', 'agents', 'config'] }];
    c.stale = { calls: 'no answer', agents: 'no answer', config: 'no answer' };
  }],
  ['the page’s own connection, silent', 'This page hears nothing', (c) => (c.mute = true)],
  ['the page’s own connection, cut', 'This page hears nothing', (c) => {
    c.down = true;
    c.cut();
  }],
];
for (const [what, words, breakIt] of breaks) {
  test(`says that ${what} broke, greys the numbers, and comes back by itself`, async () => {
    await open();
    breakIt(mock.control);
    await page.waitForSelector('body[data-fresh="stale"]');
    await until((w) => document.getElementById('banner').textContent.includes(w), words);
    await until(
      () => !document.getElementById('banner').hidden && document.title.startsWith('⚠ Not current') &&
        ['tiles-calls', 'tiles-agents', 'types-panel'].every((id) => document.getElementById(id).dataset.stale === 'true'),
    );
    await until(() => /not current/.test(document.getElementById('announce').textContent));
    // no number looks like a current one
    const [grey, plain] = await page.evaluate(() => [getComputedStyle(document.querySelector('#types-panel tbody td.c-waiting')).color, getComputedStyle(document.body).color]);
    assert.notEqual(grey, plain);
    Object.assign(mock.control, { broken: [], stale: {}, mute: false, down: false });
    await until(
      () => document.body.dataset.fresh === 'live' && document.getElementById('banner').hidden &&
        document.getElementById('types-panel').dataset.stale === 'false' && document.getElementById('announce').textContent === 'The numbers are current again.',
    );
  });
}

test('rows of a silent peripheral are greyed, and others are not', async () => {
  await open('#sort.agents=name');
  mock.control.broken = [{ part: 'peripheral', name: 'pbx-south', state: 'lost', reason: '', since: null, feeds: [] }];
  await until(() => document.querySelector('#agents-panel tbody tr.stale') && document.querySelector('#agents-panel tbody tr:not(.stale):not(.spacer)'));
});

test('a connection that broke goes on where it was', async () => {
  await open();
  const [stream] = mock.control.streams;
  stream.response.destroy();
  await new Promise((resolve, reject) => {
    const deadline = Date.now() + PATIENCE;
    const look = setInterval(() => {
      const next = [...mock.control.streams].find((s) => s !== stream && s.lastId);
      if (next || Date.now() > deadline) {
        clearInterval(look);
        if (next) resolve();
        else reject(new Error('no stream came with Last-Event-ID'));
      }
    }, 50);
  });
  await page.waitForSelector('body[data-fresh="live"]');
});

test('by keyboard: everything is reached, the picker and the wallboard are left by Escape', async () => {
  await open();
  await page.keyboard.press('/');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'q');
  const reached = new Set();
  for (let i = 0; i < 80; i++) {
    await page.keyboard.press('Tab');
    reached.add(await page.evaluate(() => document.activeElement.id || document.activeElement.className || document.activeElement.textContent));
  }
  for (const what of ['wall-button', 'thresholds-button', 'sign-out', 'pick', 'q', 'off', 'scroller', 'SL today']) assert.ok(reached.has(what), `${what} of ${[...reached]}`);
  await page.focus('.picker:nth-child(2) .pick');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#pick-group:not([hidden])');
  await page.keyboard.press('Escape');
  assert.ok(await page.isHidden('#pick-group'));
  await page.focus('#wall-button');
  await page.keyboard.press('Enter');
  await page.waitForSelector('body.wall');
  assert.match(page.url(), /wall=1/);
  await page.keyboard.press('Escape');
  await page.waitForSelector('body:not(.wall)');
});

// ---------------------------------------------------------------- what a screen reader is told

/** What Chromium tells of the page to whoever reads it aloud: role, name and states of each thing, in order. */
async function told() {
  const session = await context.newCDPSession(page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  await session.detach();
  return nodes
    .filter((n) => !n.ignored)
    .map((n) => ({ role: n.role?.value ?? '', name: n.name?.value ?? '', value: n.value?.value, ...Object.fromEntries((n.properties ?? []).map((p) => [p.name, p.value.value])) }));
}

const CONTROLS = ['button', 'checkbox', 'textbox', 'searchbox', 'link', 'combobox', 'radio', 'spinbutton', 'switch', 'menuitem'];
const NAMED = ['table', 'grid', 'columnheader', 'region', 'navigation', 'search', 'dialog', 'image', 'img', ...CONTROLS];

/** Whatever has no name and is reached by keyboard, is operated, or is gone to by those who read aloud. */
const unnamed = (nodes) => nodes.filter((n) => (n.focusable || NAMED.includes(n.role)) && n.role !== 'RootWebArea' && !n.name.trim()).map((n) => n.role);
const named = (nodes, role) => nodes.filter((n) => n.role === role).map((n) => n.name);
const has = (nodes, role, ...names) => names.forEach((name) => assert.ok(named(nodes, role).includes(name), `${role} ${name} is not among ${JSON.stringify(named(nodes, role))}`));

test('to a screen reader each table, head and control has its name, and what breaks is announced', async () => {
  mock.control.session = false;
  await page.goto(`${mock.url}#off=1`);
  await page.waitForSelector('#user');
  let nodes = await told();
  assert.deepEqual(unnamed(nodes), []);
  has(nodes, 'textbox', 'User', 'Password');
  has(nodes, 'button', 'Sign in');
  await page.fill('#user', 'wall');
  await page.fill('#password', 'wrong');
  await page.keyboard.press('Enter');
  await until(() => document.getElementById('sign-in-error').textContent !== '');
  nodes = await told();
  assert.ok(nodes.some((n) => n.role === 'alert' && n.live === 'assertive'), 'why nobody is signed in is said at once');
  assert.ok(nodes.some((n) => n.role === 'StaticText' && n.name === 'Wrong user or password.'));

  await page.fill('#password', 'right');
  await page.keyboard.press('Enter');
  await page.waitForSelector('body[data-fresh="live"]');
  await page.waitForSelector('#agents-panel tbody tr:not(.spacer)');
  await until(() => document.querySelectorAll('#charts svg[aria-label]').length === 3);
  nodes = await told();
  assert.deepEqual(unnamed(nodes), []);
  has(nodes, 'table', 'Call types', 'Skill groups', 'Agents');
  has(nodes, 'columnheader', 'SL today', 'Waiting', 'Agent', 'State', 'For');
  has(nodes, 'rowheader', MARKUP);
  has(nodes, 'heading', 'At a glance', 'Peripherals', 'Call types', 'Skill groups', 'Agents');
  has(nodes, 'navigation', 'Page');
  has(nodes, 'search', 'Filters');
  has(nodes, 'button', 'Wallboard', 'Thresholds', 'Sign out', 'Team all');
  has(nodes, 'checkbox', 'Logged off too', 'Charts', 'Agents');
  has(nodes, 'link', 'To the agents');
  assert.equal(nodes.filter((n) => n.role === 'main').length, 1);
  assert.equal(await page.getAttribute('#agents-panel table', 'aria-rowcount'), '2001');
  // each cell of a table stands under a head, and each line begins with one
  const heads = await page.$$eval('#live table', (all) => all.map((t) => [...t.tHead.rows[0].cells].every((c) => c.tagName === 'TH' && c.scope === 'col') && [...t.tBodies[0].rows].filter((r) => !r.classList.contains('spacer')).every((r) => r.querySelector('th[scope=row]'))));
  assert.deepEqual(heads, [true, true, true]);

  await page.click('.picker:nth-child(1) .pick');
  nodes = await told();
  assert.deepEqual(unnamed(nodes), []);
  assert.ok(nodes.some((n) => n.role === 'button' && n.name.startsWith('Team') && n.expanded === true), 'that the list is open');
  has(nodes, 'searchbox', 'Find in team');
  has(nodes, 'checkbox', 'Team 3');
  await page.keyboard.press('Escape');
  await page.click('#thresholds-button');
  nodes = await told();
  assert.deepEqual(unnamed(nodes), []);
  has(nodes, 'dialog', 'Thresholds');
  has(nodes, 'textbox', 'Oldest call waiting: warn', 'Oldest call waiting: alarm');
  await page.click('#thresholds-cancel');

  // the region that speaks is there before it has something to say
  const speaks = (all) => all.filter((n) => n.role === 'status' && n.live === 'polite');
  assert.equal(speaks(await told()).length, 1);
  mock.control.broken = [{ part: 'peripheral', name: 'simulator', state: 'silent', reason: 'nothing heard', since: null, feeds: [] }];
  await until(() => /not current/.test(document.getElementById('announce').textContent));
  nodes = await told();
  assert.equal(speaks(nodes).length, 1);
  assert.ok(nodes.some((n) => n.role === 'StaticText' && n.name.startsWith('The numbers are not current. The peripheral simulator is silent')), 'in words');
  has(nodes, 'region', 'What is not current');
  assert.deepEqual(unnamed(nodes), []);

  // the check finds what has no name
  await page.evaluate(() => {
    document.getElementById('sign-out').textContent = '';
    document.querySelector('#types-panel th button').textContent = '';
    document.querySelector('#types-panel th button').title = '';
    document.querySelector('#agents-panel table').removeAttribute('aria-labelledby');
    document.querySelector('#charts svg').removeAttribute('aria-label');
  });
  nodes = unnamed(await told());
  for (const role of ['button', 'columnheader', 'table']) assert.ok(nodes.includes(role), `${role} among ${nodes}`);
  assert.ok(nodes.includes('image') || nodes.includes('img'), `${nodes}`);
});

test('on a phone nothing is wider than the screen', async () => {
  await page.setViewportSize({ width: 360, height: 740 });
  await open();
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await page.evaluate(() => document.querySelector('#agents-panel').scrollIntoView());
  await until(() => [...document.querySelectorAll('#agents-panel tbody tr:not(.spacer)')].some((r) => r.getBoundingClientRect().bottom > innerHeight - 4));
});

test('nothing is loaded from elsewhere', async () => {
  const elsewhere = [];
  page.on('request', (r) => {
    if (!r.url().startsWith(mock.url)) elsewhere.push(r.url());
  });
  await open();
  assert.deepEqual(elsewhere, []);
});
