/** Small charts of the last hours, as SVG: lines or stacked areas, with what they show under the pointer in words. */

import { element } from './table.js';

const SVG = 'http://www.w3.org/2000/svg';
const HEIGHT = 80;
const MINUTE = 60000;

/** @typedef {{id: string, label: string, value: (row: object) => number|null}} Series */

export class Chart {
  #options;
  #figure;
  #svg;
  #readout;
  #points = [];
  #from = 0;
  #to = 0;
  #width = 300;
  #drawn = '';
  #cursor = null;

  /** @param {{title: string, series: Series[], stacked?: boolean, top?: (max: number) => number, show: (v: number) => string, clock: (ms: number) => string}} options */
  constructor(parent, options) {
    this.#options = options;
    this.#readout = element('p', { class: 'readout num' });
    this.#svg = svg('svg', { height: String(HEIGHT), role: 'img', tabindex: '0' });
    this.#figure = element('figure', { class: options.stacked ? 'chart stacked' : 'chart' }, element('figcaption', {}, element('h3', {}, options.title), this.#readout), this.#svg);
    parent.append(this.#figure);
    new ResizeObserver(([entry]) => {
      const width = Math.round(entry.contentRect.width);
      if (width > 0 && width !== this.#width) {
        this.#width = width;
        this.#draw();
      }
    }).observe(this.#figure);
    this.#svg.addEventListener('pointermove', (e) => this.#point(this.#from + ((e.offsetX / this.#width) * (this.#to - this.#from))));
    this.#svg.addEventListener('pointerleave', () => this.#point(null));
    this.#svg.addEventListener('blur', () => this.#point(null));
    this.#svg.addEventListener('keydown', (e) => {
      const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -15, PageDown: 15, Home: -1e6, End: 1e6 }[e.key];
      if (!step || !this.#points.length) return;
      e.preventDefault();
      const at = this.#cursor === null ? this.#points.length - 1 : this.#cursor;
      this.#cursor = Math.min(this.#points.length - 1, Math.max(0, at + step));
      this.#mark();
    });
  }

  title(text) {
    const h3 = this.#figure.querySelector('h3');
    if (h3.textContent !== text) h3.textContent = text;
  }

  /** @param {{time: number}[]} points by time, oldest first */
  set(points, from, to) {
    const at = this.#cursor === null ? null : this.#points[this.#cursor]?.time;
    this.#points = points;
    this.#from = from;
    this.#to = to;
    this.#cursor = at == null ? null : points.findIndex((p) => p.time === at);
    if (this.#cursor === -1) this.#cursor = null;
    this.#draw();
  }

  #draw() {
    const { series, stacked, show, title, clock } = this.#options;
    const values = this.#points.map((p) => series.map((s) => s.value(p)));
    let max = 0;
    for (const v of values) max = Math.max(max, stacked ? v.reduce((a, b) => a + (b ?? 0), 0) : Math.max(...v.map((n) => n ?? 0)));
    const top = this.#options.top ? this.#options.top(max) : Math.max(1, max);
    const span = Math.max(1, this.#to - this.#from);
    const x = (t) => round(((t - this.#from) / span) * this.#width);
    const y = (v) => round(HEIGHT - 15 - (v / top) * (HEIGHT - 15 - 12));
    const parts = [];
    parts.push(svg('line', { class: 'grid', x1: '0', x2: String(this.#width), y1: String(y(0)), y2: String(y(0)) }));
    parts.push(svg('line', { class: 'grid faint', x1: '0', x2: String(this.#width), y1: String(y(top)), y2: String(y(top)) }));
    const step = (span > 100 * MINUTE ? 60 : span > 45 * MINUTE ? 30 : 10) * MINUTE;
    for (let t = Math.ceil(this.#from / step) * step; t <= this.#to; t += step) {
      const at = x(t);
      parts.push(svg('line', { class: 'grid faint', x1: String(at), x2: String(at), y1: String(y(top)), y2: String(y(0)) }));
      if (at > 14 && at < this.#width - 16) parts.push(svg('text', { class: 'tick', x: String(at), y: String(HEIGHT - 3), 'text-anchor': 'middle' }, clock(t)));
    }
    const base = this.#points.map(() => 0);
    series.forEach((s, n) => {
      const runs = [];
      let run = null;
      this.#points.forEach((p, i) => {
        const v = values[i][n];
        const gap = run && p.time - run.at(-1).time > 1.5 * MINUTE;
        if (v == null || gap) run = null;
        if (v == null) return;
        if (!run) runs.push((run = []));
        run.push({ time: p.time, low: base[i], high: (stacked ? base[i] : 0) + v });
        if (stacked) base[i] += v;
      });
      const d = runs
        .map((r) => {
          const line = r.map((p) => `${x(p.time)},${y(p.high)}`);
          if (!stacked) return `M${line.join('L')}${r.length === 1 ? 'h1' : ''}`;
          return `M${line.join('L')}L${r.map((p) => `${x(p.time)},${y(p.low)}`).reverse().join('L')}Z`;
        })
        .join('');
      parts.push(svg('path', { class: `${stacked ? 'area' : 'line'} x-${s.id}`, d }));
    });
    parts.push(svg('text', { class: 'tick', x: '0', y: '9' }, show(top)));
    const cursor = svg('line', { class: 'cursor', y1: String(y(top)), y2: String(y(0)), visibility: 'hidden' });
    parts.push(cursor);
    this.#svg.setAttribute('viewBox', `0 0 ${this.#width} ${HEIGHT}`);
    this.#svg.setAttribute('width', String(this.#width));
    this.#svg.replaceChildren(...parts);
    this.#cursorLine = cursor;
    this.#x = x;
    const last = this.#points.at(-1);
    const words = last ? `${title}, ${this.#words(last)}; highest ${show(max)}. Arrow keys read it.` : `${title}: nothing recorded yet`;
    if (words !== this.#drawn) this.#svg.setAttribute('aria-label', (this.#drawn = words));
    this.#mark();
  }

  #cursorLine;
  #x;

  #words(point) {
    const { series, show, clock } = this.#options;
    const said = series
      .map((s) => [s, s.value(point)])
      .filter(([, v]) => series.length === 1 || (v != null && v !== 0))
      .map(([s, v]) => `${series.length > 1 ? `${s.label} ` : ''}${v == null ? '–' : show(v)}`);
    return `${clock(point.time)}  ${said.join(' · ') || '–'}`;
  }

  /** What stands above the chart: the newest values, or those under the cursor; with several series it is the legend, too. */
  #read(point, dated) {
    const { series, show, clock, stacked } = this.#options;
    if (!point) {
      this.#readout.textContent = 'nothing recorded yet';
    } else if (!stacked) {
      const v = series[0].value(point);
      this.#readout.textContent = `${dated ? `${clock(point.time)}  ` : ''}${v == null ? '–' : show(v)}`;
    } else {
      const keys = series
        .filter((s) => s.value(point) || this.#points.some((p) => s.value(p)))
        .map((s) => element('span', { class: `key x-${s.id}` }, `${s.label} ${show(s.value(point) ?? 0)}`));
      this.#readout.replaceChildren(dated ? `${clock(point.time)}  ` : '', ...keys);
    }
  }

  #point(time) {
    if (time === null || !this.#points.length) this.#cursor = null;
    else {
      let best = 0;
      this.#points.forEach((p, i) => {
        if (Math.abs(p.time - time) < Math.abs(this.#points[best].time - time)) best = i;
      });
      this.#cursor = best;
    }
    this.#mark();
  }

  #mark() {
    const point = this.#cursor === null ? null : this.#points[this.#cursor];
    if (point) {
      const at = String(this.#x(point.time));
      this.#cursorLine.setAttribute('x1', at);
      this.#cursorLine.setAttribute('x2', at);
      this.#read(point, true);
      if (document.activeElement === this.#svg) this.#svg.setAttribute('aria-label', (this.#drawn = this.#words(point)));
    } else {
      this.#read(this.#points.at(-1), false);
    }
    this.#cursorLine?.setAttribute('visibility', point ? 'visible' : 'hidden');
  }
}

function round(n) {
  return Math.round(n * 10) / 10;
}

function svg(tag, attributes, ...children) {
  const e = document.createElementNS(SVG, tag);
  for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
  e.append(...children);
  return e;
}
