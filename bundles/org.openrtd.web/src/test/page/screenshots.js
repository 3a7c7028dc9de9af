/** Makes the pictures of docs/page.md, from the made-up site: `run screenshots`. To be looked at before they are committed. */
import { launch } from './launch.js';
import { startMock } from './mock.js';

const FOLDER = process.argv[2];
const browser = await launch();

async function picture(name, { width, height, dark = false, hash = '', breakIt }) {
  const mock = await startMock({ seed: 3 });
  for (let s = 0; s < 40; s++) mock.control.site.second(20);
  mock.control.site.take();
  mock.control.session = true;
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: dark ? 'dark' : 'light' });
  await page.goto(mock.url + hash);
  await page.waitForSelector('body[data-fresh="live"]');
  await page.waitForFunction(() => document.querySelector('#charts path')?.getAttribute('d') && document.querySelector('#types-panel tbody th'));
  if (breakIt) {
    breakIt(mock.control);
    await page.waitForSelector('body[data-fresh="stale"] #banner li');
  }
  await page.waitForTimeout(1500);
  await page.screenshot({ path: `${FOLDER}/${name}.png` });
  await page.close();
  await mock.close();
}

await picture('page', { width: 1280, height: 800 });
await picture('page-stale', {
  width: 1280, height: 800, dark: true,
  breakIt(control) {
    const reason = 'cannot reach tcp://centre:61617';
    control.broken = [{ part: 'centre', name: 'central', state: 'CONNECTING', reason, since: null, feeds: ['calls', 'agents', 'config'] }];
    control.stale = { calls: reason, agents: reason, config: reason };
  },
});
await picture('page-wallboard', { width: 1280, height: 720, hash: '#hide=agents&wall=1' });
await picture('page-phone', { width: 390, height: 844 });
await browser.close();
