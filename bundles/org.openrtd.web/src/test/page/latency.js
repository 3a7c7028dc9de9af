/**
 * The browser of `benchmarks/run page`, which tells it on standard input what to do, a line each: `page URL USER PASSWORD` and
 * `bare URL` open a page and say `ready`; `collect N` waits until the probe shows N, says when each value was painted
 * (a line of JSON: value, ms since 1970), and closes the page.
 */
import readline from 'node:readline';
import { chromium } from 'playwright-core';

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
let context;
let page;

/** Both pages change the document in an animation frame; a message that is posted then comes after the frame was painted. */
const watch = (find) => {
  const probe = new Function(`return ${find}`);
  window.painted = [];
  let last = 0;
  let seen = 0;
  const after = new MessageChannel();
  after.port1.onmessage = () => {
    if (seen > last) {
      last = seen;
      window.painted.push([seen, performance.timeOrigin + performance.now()]);
    }
  };
  new MutationObserver(() => {
    const value = probe();
    if (value > seen) {
      seen = value;
      after.port2.postMessage(0);
    }
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
};

const CELL = `[...document.querySelectorAll('#types-panel tbody tr')].find((tr) => tr.querySelector('th')?.textContent === 'Probe')?.querySelector('.c-offered')`;
const NUMBER = (element) => `Number((${element})?.textContent.replace(/\\D/g, '') ?? 0)`;

for await (const line of readline.createInterface({ input: process.stdin })) {
  const [command, ...words] = line.split(' ');
  if (command === 'page' || command === 'bare') {
    context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    page = await context.newPage();
    page.setDefaultTimeout(120000);
    await page.goto(words[0]);
    if (command === 'page') {
      await page.fill('#user', words[1]);
      await page.fill('#password', words[2]);
      await page.keyboard.press('Enter');
      await page.waitForSelector('body[data-fresh="live"]');
      await page.waitForFunction(`Boolean(${CELL})`);
    }
    await page.evaluate(watch, NUMBER(command === 'page' ? CELL : `document.getElementById('probe')`));
    console.log('ready');
  } else if (command === 'collect') {
    await page.waitForFunction((n) => window.painted.length > 0 && window.painted.at(-1)[0] >= n, Number(words[0]), { polling: 200 });
    console.log(JSON.stringify(await page.evaluate(() => window.painted)));
    await context.close();
  }
}
await browser.close();
