/** A button that opens a list to tick: teams, skill groups, call types, states. */

import { fold } from './address.js';
import { element } from './table.js';

export class Picker {
  #label;
  #button;
  #panel;
  #list;
  #find;
  #choices = [];
  #chosen = new Set();
  #onChange;

  constructor(parent, id, label, onChange) {
    this.#label = label;
    this.#onChange = onChange;
    this.#button = element('button', { type: 'button', 'aria-expanded': 'false', 'aria-controls': `pick-${id}`, class: 'pick' });
    this.#find = element('input', { type: 'search', placeholder: 'Find', 'aria-label': `Find in ${label.toLowerCase()}`, dir: 'auto', autocomplete: 'off' });
    this.#list = element('div', { role: 'group', 'aria-label': label, class: 'pick-list' });
    const all = element('button', { type: 'button' }, 'All');
    this.#panel = element('div', { class: 'pick-panel', id: `pick-${id}`, hidden: '' }, element('div', { class: 'pick-head' }, this.#find, all), this.#list);
    const box = element('div', { class: 'picker' }, this.#button, this.#panel);
    parent.append(box);
    this.#button.addEventListener('click', () => this.#open(this.#panel.hidden));
    all.addEventListener('click', () => this.#change(new Set()));
    this.#find.addEventListener('input', () => this.#filter());
    this.#find.addEventListener('keydown', (e) => {
      if (e.key === 'Enter') e.preventDefault();
    });
    box.addEventListener('keydown', (e) => {
      if (e.key === 'Escape' && !this.#panel.hidden) {
        e.stopPropagation();
        this.#open(false);
        this.#button.focus();
      }
    });
    document.addEventListener('pointerdown', (e) => {
      if (!box.contains(e.target)) this.#open(false);
    });
    box.addEventListener('focusout', (e) => {
      if (e.relatedTarget && !box.contains(e.relatedTarget)) this.#open(false);
    });
  }

  /** @param {{id: number, name: string}[]} choices @param {number[]} chosen */
  set(choices, chosen) {
    const same = choices.length === this.#choices.length && choices.every((c, i) => c.id === this.#choices[i].id && c.name === this.#choices[i].name);
    this.#chosen = new Set(chosen);
    if (!same) {
      this.#choices = choices;
      this.#list.replaceChildren(
        ...choices.map((c) => {
          const box = element('input', { type: 'checkbox', value: String(c.id) });
          box.addEventListener('change', () => {
            const next = new Set(this.#chosen);
            if (box.checked) next.add(c.id);
            else next.delete(c.id);
            this.#change(next);
          });
          return element('label', {}, box, element('bdi', {}, c.name));
        }),
      );
      this.#filter();
    }
    for (const box of this.#list.querySelectorAll('input')) box.checked = this.#chosen.has(Number(box.value));
    const names = choices.filter((c) => this.#chosen.has(c.id)).map((c) => c.name);
    const ids = [...this.#chosen];
    const what = ids.length === 0 ? 'all' : ids.length === 1 ? (names[0] ?? `#${ids[0]}`) : String(ids.length);
    this.#button.replaceChildren(`${this.#label} `, element('bdi', { class: 'chosen' }, what));
    this.#button.classList.toggle('on', ids.length > 0);
  }

  #change(next) {
    this.#onChange([...next].sort((a, b) => a - b));
  }

  #open(open) {
    if (this.#panel.hidden !== open) return;
    this.#panel.hidden = !open;
    this.#button.setAttribute('aria-expanded', String(open));
    if (open) {
      const right = this.#button.getBoundingClientRect().left + this.#panel.offsetWidth > document.documentElement.clientWidth;
      this.#panel.classList.toggle('to-right', right);
      this.#find.value = '';
      this.#filter();
      this.#find.focus();
    }
  }

  #filter() {
    const wanted = fold(this.#find.value);
    [...this.#list.children].forEach((label, i) => {
      label.hidden = !fold(this.#choices[i].name).includes(wanted);
    });
  }
}
