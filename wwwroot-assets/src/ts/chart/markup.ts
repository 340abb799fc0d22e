import { signs, type SignKey, type TimelineEntry } from '../live/wire';
import { writeTime } from '../format';
import { currentZone } from '../shell/zone';
import type { Cluster } from './cluster';

function make<K extends keyof HTMLElementTagNameMap>(tag: K, className: string, text?: string): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

/** A text that has not changed is not written: the page is not laid out anew. */
function write(text: Text, value: string): void {
  if (text.data !== value) text.data = value;
}

let nextId = 0;

/** What stands around a chart's canvas: heading, values, marks, the word over a chart that must not look alive, and the table twin. */
export class ChartFrame {
  readonly plot = make('div', 'chart-plot');
  readonly #figure = make('figure', 'chart-figure');
  readonly #caption = make('figcaption', 'chart-head');
  readonly #title = make('h2', 'chart-title');
  readonly #keys = make('div', 'chart-keys');
  readonly #at = document.createTextNode('');
  readonly #note = make('span', 'chart-note');
  readonly #stage = make('div', 'chart-stage');
  readonly #marks = make('div', 'chart-marks');
  readonly #tip = make('div', 'chart-tip');
  readonly #veil = make('div', 'chart-veil');
  readonly #details = make('details', 'chart-table');
  readonly #table = make('table', 'table');
  readonly #word = document.createTextNode('');
  readonly #noted = document.createTextNode('');
  #values: Text[] = [];
  #head: string[] = [];
  #buttons: HTMLButtonElement[] = [];
  #filledAt = 0;

  constructor() {
    this.#tip.id = `chart-tip-${nextId++}`;
    this.#tip.setAttribute('role', 'tooltip');
    this.#tip.hidden = true;
    this.plot.setAttribute('role', 'img');
    const word = make('span', 'chart-word');
    word.append(this.#word);
    this.#veil.append(word);
    this.#note.append(this.#noted);
    const at = make('span', 'chart-at');
    at.append(this.#at);
    this.#veil.hidden = true;
    this.#note.hidden = true;
    this.#caption.append(this.#title, this.#note, at, this.#keys);
    this.#stage.append(this.plot, this.#marks, this.#veil, this.#tip);
    const wrap = make('div', 'table-wrap');
    wrap.tabIndex = 0;
    wrap.setAttribute('role', 'region');
    wrap.setAttribute('aria-label', 'Values of the chart');
    wrap.append(this.#table);
    this.#details.append(make('summary', 'chart-table-summary', 'Table'), wrap);
    this.#details.addEventListener('toggle', () => {
      this.#filledAt = 0;
      this.#figure.dispatchEvent(new Event('table', { bubbles: true }));
    });
    this.#figure.append(this.#caption, this.#stage, this.#details);
    for (const name of ['pointerover', 'focusin'] as const) this.#marks.addEventListener(name, event => this.#showTip(event.target));
    for (const name of ['pointerout', 'focusout'] as const) this.#marks.addEventListener(name, () => (this.#tip.hidden = true));
  }

  mount(host: HTMLElement): void {
    host.replaceChildren(this.#figure);
  }

  describe(heading: string, keys: readonly SignKey[]): void {
    this.#title.textContent = heading;
    this.#caption.dataset['signs'] = keys.length > 3 ? 'many' : keys.length > 1 ? 'several' : 'one';
    this.plot.setAttribute('aria-label', `${heading}, chart. Its values stand in the table below.`);
    this.#head = ['From', ...keys.map(key => `${signs[key].title}${signs[key].unit === '' ? '' : `, ${signs[key].unit}`}`)];
    this.#values = keys.map(() => document.createTextNode(''));
    this.#keys.replaceChildren(...keys.map((key, index) => {
      const item = make('span', 'chart-key');
      item.style.setProperty('--series', `var(--series-${(index % 5) + 1})`);
      if (keys.length > 1) item.append(make('i', 'chart-swatch'), `${signs[key].short} `);
      const value = make('b', 'chart-value');
      const { unit } = signs[key];
      value.style.setProperty('--value-width', `${unit === '' ? 5 : 6 + unit.length}ch`);
      value.append(this.#values[index]!);
      item.append(value);
      return item;
    }));
  }

  showValues(values: readonly string[], at: string | undefined): void {
    values.forEach((value, index) => {
      const text = this.#values[index];
      if (text !== undefined) write(text, value);
    });
    write(this.#at, at ?? '');
  }

  showState(word: string | undefined, note: string | undefined): void {
    this.#veil.hidden = word === undefined;
    this.#note.hidden = note === undefined;
    write(this.#word, word ?? '');
    write(this.#noted, note ?? '');
  }

  showMarks(clusters: readonly Cluster<TimelineEntry>[], left: number, width: number, run: string | null): void {
    while (this.#buttons.length > clusters.length) this.#buttons.pop()!.remove();
    while (this.#buttons.length < clusters.length) {
      const button = make('button', 'chart-mark');
      button.type = 'button';
      button.setAttribute('aria-describedby', this.#tip.id);
      this.#buttons.push(button);
      this.#marks.append(button);
    }

    this.#marks.style.left = `${left}px`;
    this.#marks.style.width = `${width}px`;
    clusters.forEach(({ x, items }, index) => {
      const button = this.#buttons[index]!;
      button.style.translate = `${x.toFixed(1)}px 0`;
      const key = items.map(item => item.sequence).join();
      if (button.dataset['key'] === key) return;
      button.dataset['key'] = key;
      const family = items[0]!.kind.split('.')[0]!;
      button.dataset['family'] = items.every(item => item.kind.startsWith(`${family}.`)) ? family : 'mixed';
      button.toggleAttribute('data-own', run !== null && items.some(item => item.subject === `run:${run}` || item.data['run'] === run));
      button.textContent = items.length > 1 ? `${items.length}` : (letters[family] ?? '•');
      button.setAttribute('aria-label', items.length > 1 ? `${items.length} events` : writeKind(items[0]!.kind));
      (button as MarkButton).entries = items;
    });
  }

  /** Fills the table twin while it is open, every five seconds. */
  table(rows: () => string[][]): void {
    const now = performance.now();
    if (!this.#details.open || now - this.#filledAt < 5_000) return;
    this.#filledAt = now;
    const row = (cells: readonly string[], heads: number): HTMLTableRowElement => {
      const tr = document.createElement('tr');
      cells.forEach((cell, index) => {
        const element = document.createElement(index < heads ? 'th' : 'td');
        if (index < heads) element.scope = heads > 1 ? 'col' : 'row';
        if (index > 0) element.className = 'num';
        element.textContent = cell;
        tr.append(element);
      });
      return tr;
    };
    const head = document.createElement('thead');
    head.append(row(this.#head, this.#head.length));
    const body = document.createElement('tbody');
    body.append(...rows().map(cells => row(cells, 1)));
    this.#table.replaceChildren(head, body);
  }

  #showTip(target: EventTarget | null): void {
    if (!(target instanceof HTMLButtonElement)) return;
    const { entries } = target as MarkButton;
    if (entries === undefined) return;
    const list = make('ul', 'chart-tip-list');
    list.append(...entries.map(entry => {
      const item = make('li', '');
      item.append(
        make('span', 'mono', writeTime(Date.parse(entry.at), currentZone(), Date.now())),
        make('b', '', writeKind(entry.kind)),
        make('span', 'muted', [entry.subject.replace(/^[a-z-]+:/, ''), entry.actor, entry.reason].filter(part => part !== '').join(' · ')));
      return item;
    }));
    this.#tip.replaceChildren(list);
    this.#tip.hidden = false;
    const stage = this.#stage.getBoundingClientRect();
    const mark = target.getBoundingClientRect();
    const tip = this.#tip.getBoundingClientRect();
    const x = Math.min(Math.max(0, mark.left - stage.left - tip.width / 2), Math.max(0, stage.width - tip.width));
    this.#tip.style.translate = `${x}px ${mark.bottom - stage.top + 4}px`;
  }
}

type MarkButton = HTMLButtonElement & { entries?: readonly TimelineEntry[] };

const letters: Readonly<Record<string, string>> = { flag: '⚑', run: '▶', lever: '■', health: '♥', console: '○' };

/** `flag.flipped-off` → flag flipped off. */
export const writeKind = (kind: string): string => kind.replace(/[.-]/g, ' ');
