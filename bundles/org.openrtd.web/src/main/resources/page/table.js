/**
 * A live table. Only the rows that can be seen are in the document, and of these only the cells that changed are touched:
 * so 2,000 agents cost what fifty do. Rows are a table's rows to a screen reader, which is told how many there are.
 */

import { sortRows, VIEWS } from './site.js';

const OVERSCAN = 8;

/** How long a wallboard shows each part of a list that does not fit. */
const PAGE_TIME = 12000;

export class LiveTable {
  #kind;
  #view;
  #columns;
  #panel;
  #scroller;
  #table;
  #body;
  #above;
  #below;
  #counter;
  #heads = new Map();
  #lines = [];
  #rows = [];
  #rowHeight = 28;
  #first = 0;
  #last = 0;
  #page = { at: 0, number: 0 };
  #aria = '';
  #caption = '';

  constructor(panel, kind, onSort) {
    this.#kind = kind;
    this.#view = VIEWS[kind];
    this.#columns = this.#view.columns;
    this.#panel = panel;
    const title = element('h2', { id: `${kind}-title` }, this.#view.title);
    this.#counter = element('span', { class: 'counter num' });
    panel.append(element('div', { class: 'panel-head' }, title, this.#counter));
    this.#table = element('table', { 'aria-labelledby': `${kind}-title` });
    const row = element('tr', { 'aria-rowindex': '1' });
    for (const c of this.#columns) {
      const button = element('button', { type: 'button', title: c.title }, c.label);
      button.addEventListener('click', () => onSort(kind, c.id));
      const th = element('th', { scope: 'col', class: `c-${c.id} k-${c.kind} r${c.rank}` }, button);
      this.#heads.set(c.id, th);
      row.append(th);
    }
    this.#body = element('tbody');
    this.#above = this.#spacer();
    this.#below = this.#spacer();
    this.#body.append(this.#above.row, this.#below.row);
    this.#table.append(element('thead', {}, row), this.#body);
    this.#scroller = element('div', { class: 'scroller', role: 'region', 'aria-labelledby': `${kind}-title`, tabindex: '0' }, this.#table);
    panel.append(this.#scroller, element('p', { class: 'empty', hidden: '' }));
  }

  #spacer() {
    // no colspan: it would make columns of those that the width hides
    const cell = element('td');
    return { row: element('tr', { class: 'spacer', 'aria-hidden': 'true' }, cell), cell, height: -1 };
  }

  /** What the list holds now, sorted; `total` without the filters. */
  setRows(rows, total, sort, site, now) {
    this.#rows = sortRows(this.#kind, rows, sort, site, now);
    const caption = rows.length === total ? `${total}` : `${rows.length} of ${total}`;
    if (caption !== this.#caption) {
      this.#caption = caption;
      this.#counter.textContent = caption;
      const empty = this.#panel.querySelector('.empty');
      empty.hidden = rows.length > 0;
      empty.textContent = total === 0 ? 'None here yet.' : 'None that the filters let through.';
      this.#table.setAttribute('aria-rowcount', String(rows.length + 1));
    }
    if (sort !== this.#aria) {
      this.#aria = sort;
      for (const [id, th] of this.#heads) {
        if (sort.replace('-', '') === id) th.setAttribute('aria-sort', sort.startsWith('-') ? 'descending' : 'ascending');
        else th.removeAttribute('aria-sort');
      }
    }
    const several = this.#columns.some((c) => c.optional) && site.severalDomains();
    this.#table.classList.toggle('no-optional', !several);
  }

  /** Where the rows are on the screen. Reads layout only, so that tables measure before any of them writes. */
  measure(wall, time) {
    const box = this.#scroller.getBoundingClientRect();
    if (box.height === 0) {
      this.#first = this.#last = 0;
      return;
    }
    const line = this.#lines[0]?.tr.isConnected ? this.#lines[0].tr.getBoundingClientRect().height : 0;
    if (line > 0) this.#rowHeight = line;
    if (wall) {
      const head = this.#table.tHead.getBoundingClientRect().height;
      const fit = Math.max(1, Math.floor((box.height - head + 1) / this.#rowHeight));
      const pages = Math.max(1, Math.ceil(this.#rows.length / fit));
      if (time - this.#page.at > PAGE_TIME) this.#page = { at: time, number: this.#page.number + 1 };
      const number = this.#page.number % pages;
      this.#first = number * fit;
      this.#last = Math.min(this.#rows.length, this.#first + fit);
      this.#panel.dataset.page = pages > 1 ? `${number + 1} / ${pages}` : '';
      return;
    }
    const top = this.#body.getBoundingClientRect().top;
    const from = Math.max(0, box.top);
    const to = Math.min(window.innerHeight, box.bottom);
    // some rows are there even out of sight: a screen reader comes to them by going on, not by scrolling
    const first = Math.floor((from - top) / this.#rowHeight) - OVERSCAN;
    this.#first = Math.max(0, Math.min(first, this.#rows.length - 2 * OVERSCAN));
    this.#last = Math.min(this.#rows.length, Math.max(this.#first + 2 * OVERSCAN, Math.ceil((to - top) / this.#rowHeight) + OVERSCAN));
  }

  /** Shows the rows between, touching only what differs from what stands there. */
  show({ site, now, thresholds, stalePeripherals, wall }) {
    while (this.#lines.length < this.#last - this.#first) this.#lines.push(this.#line());
    for (let i = 0; i < this.#lines.length; i++) {
      const line = this.#lines[i];
      const at = this.#first + i;
      if (at >= this.#last) {
        if (line.shown) {
          line.tr.remove();
          line.shown = false;
        }
        continue;
      }
      if (!line.shown) {
        this.#below.row.before(line.tr);
        line.shown = true;
      }
      const row = this.#rows[at];
      put(line, 'aria-rowindex', String(at + 2));
      const peripheral = stalePeripherals.size ? site.peripheralOf(this.#kind, row[this.#view.id]) : null;
      const className = peripheral !== null && stalePeripherals.has(peripheral) ? 'stale' : '';
      if (line.className !== className) line.tr.className = line.className = className;
      for (let c = 0; c < this.#columns.length; c++) this.#cell(line.cells[c], this.#columns[c], row, site, now, thresholds);
    }
    height(this.#above, wall ? 0 : this.#first * this.#rowHeight);
    height(this.#below, wall ? 0 : Math.max(0, this.#rows.length - this.#last) * this.#rowHeight);
  }

  #cell(cell, column, row, site, now, thresholds) {
    const value = column.value(row, site, now);
    const text = column.show ? column.show(value, row, site) : (value ?? '');
    if (cell.value !== text) {
      cell.text.nodeValue = cell.value = text;
      if (column.kind === 'name') cell.td.title = text;
      else if (column.kind === 'text') cell.td.title = text;
    }
    let level = '';
    if (column.watch) {
      const [measure, n] = column.watch(row, value);
      if (measure) level = thresholds.level(measure, n);
    } else if (column.kind === 'state') {
      level = `s${value}`;
    }
    if (cell.level !== level) {
      if (cell.level) cell.td.classList.remove(cell.level);
      if (level) cell.td.classList.add(level);
      cell.level = level;
    }
  }

  #line() {
    const tr = element('tr');
    const cells = this.#columns.map((c) => {
      const text = document.createTextNode('');
      const td = element(c.kind === 'name' ? 'th' : 'td', { class: `c-${c.id} k-${c.kind} r${c.rank}` });
      if (c.kind === 'name') td.scope = 'row';
      td.append(c.kind === 'num' ? text : element('bdi', {}, text));
      tr.append(td);
      return { td, text, value: '', level: '' };
    });
    return { tr, cells, shown: false, className: '', attributes: {} };
  }
}

function put(line, name, value) {
  if (line.attributes[name] === value) return;
  line.attributes[name] = value;
  line.tr.setAttribute(name, value);
}

function height(spacer, px) {
  if (spacer.height === px) return;
  spacer.height = px;
  spacer.row.hidden = px === 0;
  spacer.cell.style.height = `${px}px`;
}

/** An element with attributes and children; text is only ever text. */
export function element(tag, attributes = {}, ...children) {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
  e.append(...children);
  return e;
}
