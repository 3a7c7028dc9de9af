/**
 * Pages of real nodes in a browser, for a test in another language: each line of standard input is an order, each line of
 * standard output, after `ready`, the answer to it. What is to be seen is judged by whoever asks.
 *
 *   {"do":"open","page":"p","url":"http://…/","user":"…","password":"…"}   until it has signed in
 *   {"do":"read","page":"p"}      all that the page shows
 *   {"do":"frames","page":"p"}    what it showed at each frame with a new second, since this was asked before
 *   {"do":"shot","page":"p","file":"…"}
 */
import { createInterface } from 'node:readline';
import { launch, PATIENCE } from './launch.js';

/** An order that takes longer will never be through: whoever gave it is to hear that. */
const LONGEST = 5 * PATIENCE;
/** How often is signed in: a node that starts may not know its users yet, and holds up who fails ten times. */
const TRIES = 9;

const browser = await launch();
const pages = new Map();

const orders = {
  async open({ page: name, url, user, password }) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    const complaints = [];
    pages.set(name, { page, complaints });
    page.on('console', (m) => ['error', 'warning'].includes(m.type()) && complaints.push(m.text()));
    page.on('pageerror', (e) => complaints.push(e.message));
    page.on('dialog', (d) => {
      complaints.push(`a dialog: ${d.message()}`);
      d.dismiss();
    });
    page.on('request', (r) => !r.url().startsWith(url) && complaints.push(`loads ${r.url()}`));
    // the node may still be starting, with others beside it
    const end = Date.now() + 2 * PATIENCE;
    for (;;) {
      try {
        await page.goto(url);
        break;
      } catch (e) {
        if (Date.now() > end) throw e;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
    for (let left = TRIES; ; ) {
      await page.fill('#user', user);
      await page.fill('#password', password);
      // what was said of the try before is gone, or this one would take it for its own
      await page.evaluate(() => (document.getElementById('sign-in-error').textContent = ''));
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => !document.getElementById('live').hidden || document.getElementById('sign-in-error').textContent !== '', null, { polling: 100 });
      if (await page.isVisible('#live')) break;
      const said = await page.textContent('#sign-in-error');
      if (--left === 0) throw new Error(`signing in fails: ${said}`);
      await new Promise((resolve) => setTimeout(resolve, 15_000));
      if (await page.isVisible('#live')) break;
    }
    await page.evaluate(watch);
  },
  async read({ page: name }) {
    const { page, complaints } = pages.get(name);
    return { ...(await page.evaluate(() => window.look())), complaints };
  },
  frames: ({ page: name }) => pages.get(name).page.evaluate(() => window.shown.splice(0)),
  async shot({ page: name, file }) {
    await pages.get(name).page.screenshot({ path: file });
  },
};

/** In the page: reads what a person would, and keeps what was shown at each frame. */
function watch() {
  const text = (selector) => document.querySelector(selector)?.textContent ?? '';
  const column = (cell) => [...cell.classList].find((c) => c.startsWith('c-')).slice(2);
  const lines = (kind) =>
    [...document.querySelectorAll(`#${kind}-panel tbody tr:not(.spacer)`)].map((tr) => Object.fromEntries([...tr.children].map((cell) => [column(cell), cell.textContent])));
  const clock = () => `${text('#clock-date')} ${text('#clock-time')}`;
  const grey = (panel, cell) => {
    const shown = document.querySelector(`#${panel} ${cell}`);
    return shown !== null && getComputedStyle(shown).color !== getComputedStyle(document.body).color;
  };
  const shows = () => ({
    clock: clock(),
    level: document.body.dataset.fresh,
    tiles: Object.fromEntries([...document.querySelectorAll('.tile')].map((t) => [t.id.slice(5), t.querySelector('dd').textContent])),
    types: lines('types'),
    groups: lines('groups'),
    agents: lines('agents'),
  });
  const banner = () => (document.getElementById('banner').hidden ? '' : text('#banner-list'));
  window.look = () => ({
    ...shows(),
    banner: banner(),
    causes: document.getElementById('banner').hidden ? [] : [...document.querySelectorAll('#banner-list .cause')].map((c) => c.textContent),
    title: document.title,
    said: text('#announce'),
    grey: { tiles: grey('tiles-calls', 'dd.num'), types: grey('types-panel', 'td.c-offered'), agents: grey('agents-panel', 'td.c-time') },
    peripherals: text('#peripheral-list'),
    elements: document.querySelectorAll('#live b, #live img, #live script').length,
  });
  window.shown = [];
  let last = '';
  const frame = () => {
    const now = `${clock()} ${document.body.dataset.fresh}`;
    if (now !== last) window.shown.push({ ...shows(), at: Date.now(), banner: banner() });
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  let timer;
  try {
    const order = JSON.parse(line);
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not done within ${LONGEST / 1000} s`)), LONGEST);
    });
    answer = { answer: (await Promise.race([orders[order.do](order), late])) ?? null };
  } catch (e) {
    answer = { error: e.message };
  } finally {
    clearTimeout(timer);
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await browser.close();
