/**
 * Whether the page's memory stays flat: 2,000 agents, 500 row changes/s in ten events/s, for an hour or `run hour MINUTES`.
 * Each minute, after a collection: the heap, the document's nodes and listeners, and that the page is current.
 */
import { launch, PATIENCE } from './launch.js';
import { startMock } from './mock.js';

const minutes = Number(process.argv[2] ?? 60);
const PER_SECOND = 500;
const mock = await startMock({ agents: 2000, ticking: false });
mock.control.session = true;
let sent = 0;
let beats = 0;
const begun = performance.now();
const { site } = mock.control;
const take = site.take.bind(site);
site.take = () => {
  const changes = take();
  for (const rows of Object.values(changes)) sent += rows.length;
  return changes;
};
const timer = setInterval(() => {
  // as many tenths of a second as have gone by: a timer that comes late makes up for it
  while (beats < (performance.now() - begun) / 100) {
    if (beats++ % 10) {
      site.agents(PER_SECOND / 10);
      mock.control.send();
    } else {
      mock.control.changes = PER_SECOND / 10;
      mock.control.tick();
    }
  }
}, 50);

const browser = await launch();
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
page.setDefaultTimeout(PATIENCE);
const cdp = await page.context().newCDPSession(page);
await cdp.send('Performance.enable');
await page.goto(mock.url);
await page.waitForSelector('body[data-fresh="live"]');
await page.evaluate(() => {
  window.levels = {};
  new MutationObserver(() => (window.levels[document.body.dataset.fresh] = (window.levels[document.body.dataset.fresh] ?? 0) + 1)).observe(document.body, { attributeFilter: ['data-fresh'] });
});

const heaps = [];
console.log('minute  heap MB  nodes  listeners  changes/s  script ms/s  page');
let before = { at: performance.now(), sent: 0, script: 0 };
for (let minute = 0; minute <= minutes; minute++) {
  if (minute) await new Promise((resolve) => setTimeout(resolve, Math.max(0, begun + minute * 60000 - performance.now())));
  await cdp.send('HeapProfiler.collectGarbage');
  const { metrics } = await cdp.send('Performance.getMetrics');
  const metric = (name) => metrics.find((m) => m.name === name).value;
  const now = { at: performance.now(), sent, script: metric('ScriptDuration') * 1000 };
  const seconds = (now.at - before.at) / 1000;
  const heap = metric('JSHeapUsedSize') / 1e6;
  const level = await page.evaluate(() => document.body.dataset.fresh);
  heaps.push(heap);
  console.log(
    [minute, heap.toFixed(2), metric('Nodes'), metric('JSEventListeners'), ((now.sent - before.sent) / seconds).toFixed(0), ((now.script - before.script) / seconds).toFixed(1), level]
      .map((v, i) => String(v).padStart([6, 7, 5, 9, 9, 11, 4][i]))
      .join('  '),
  );
  before = now;
}
const wasElse = await page.evaluate(() => window.levels);
clearInterval(timer);
await browser.close();
await mock.close();

// what is made once is there after the first sixth
const settled = heaps.slice(Math.ceil(heaps.length / 6));
const half = Math.ceil(settled.length / 2);
const mean = (list) => list.reduce((a, b) => a + b, 0) / list.length;
const [first, second] = [mean(settled.slice(0, half)), mean(settled.slice(half))];
console.log(`Heap after a collection: ${Math.min(...settled).toFixed(2)} to ${Math.max(...settled).toFixed(2)} MB, mean of the first half ${first.toFixed(2)}, of the second ${second.toFixed(2)}`);
console.log(`Changes of the page's level: ${JSON.stringify(wasElse)}`);
if (second > 1.15 * first) {
  console.log('The heap grows.');
  process.exit(1);
}
