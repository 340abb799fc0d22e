import { signs, type SignKey, type TimelineEntry } from '../live/wire';
import type { Cluster } from './cluster';
import { make } from './make';
import { MarkRow } from './mark-row';
import { TableTwin } from './table-twin';

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
  readonly #note = make('span', 'chart-note');
  readonly #keys = make('div', 'chart-keys');
  readonly #veil = make('div', 'chart-veil');
  readonly #noted = document.createTextNode('');
  readonly #at = make('span', 'chart-at');
  readonly #word = document.createTextNode('');
  readonly #marks: MarkRow;
  readonly #table: TableTwin;
  #values: Text[] = [];

  /** `onOpen` is called when the table is opened and wants to be filled. */
  constructor(onOpen: () => void) {
    const id = nextId++;
    const stage = make('div', 'chart-stage');
    this.#marks = new MarkRow(`chart-tip-${id}`, stage);
    this.#table = new TableTwin(`chart-table-${id}`, onOpen);
    this.plot.setAttribute('role', 'img');
    const word = make('span', 'chart-word');
    word.append(this.#word);
    this.#note.append(this.#noted);
    this.#note.hidden = true;
    this.#veil.append(word);
    this.#veil.hidden = true;
    this.#at.hidden = true;
    this.#caption.append(this.#title, this.#table.button, this.#note, this.#keys);
    stage.append(this.plot, this.#marks.element, this.#veil, this.#at, this.#marks.tip);
    this.#figure.append(this.#caption, stage, this.#table.element);
  }

  mount(host: HTMLElement): void {
    host.replaceChildren(this.#figure);
  }

  describe(heading: string, keys: readonly SignKey[]): void {
    const units = new Set(keys.map(key => signs[key].unit));
    const unit = units.size === 1 ? [...units][0]! : '';
    this.#title.replaceChildren(heading, ...(unit === '' ? [] : [' ', make('span', 'chart-unit', unit)]));
    this.#caption.dataset['signs'] = keys.length > 3 ? 'many' : keys.length > 1 ? 'several' : 'one';
    this.plot.setAttribute('aria-label', `${heading}, chart. The button Table shows its values.`);
    this.#table.describe(heading, ['From', ...keys.map(key => `Highest ${signs[key].title}${signs[key].unit === '' ? '' : `, ${signs[key].unit}`}`)]);
    this.#values = keys.map(() => document.createTextNode(''));
    this.#keys.replaceChildren(...keys.map((key, index) => {
      const item = make('span', 'chart-key');
      item.style.setProperty('--series', `var(--series-${(index % 5) + 1})`);
      if (keys.length > 1) item.append(make('i', 'chart-swatch'), `${signs[key].short} `);
      const value = make('b', 'chart-value');
      const { unit } = signs[key];
      value.style.setProperty('--value-width', `${unit === '' ? 3 : 4 + unit.length}ch`);
      value.append(this.#values[index]!);
      item.append(value);
      return item;
    }));
  }

  showValues(values: readonly string[]): void {
    values.forEach((value, index) => {
      const text = this.#values[index];
      if (text !== undefined) write(text, value);
    });
  }

  /** Writes the time under the cursor below it, `x` pixels from the left; nothing while no cursor is there. */
  showCursor(text: string | undefined, x: number): void {
    this.#at.hidden = text === undefined;
    if (text === undefined) return;
    this.#at.textContent = text;
    this.#at.style.setProperty('--x', `${x}px`);
  }

  showState(word: string | undefined, note: string | undefined): void {
    this.#veil.hidden = word === undefined;
    this.#note.hidden = note === undefined;
    write(this.#word, word ?? '');
    write(this.#noted, note ?? '');
    this.#note.title = note ?? '';
  }

  showMarks(clusters: readonly Cluster<TimelineEntry>[], left: number, width: number, run: string | null): void {
    this.#marks.show(clusters, left, width, run);
  }

  /** Fills the table twin while it is open. */
  table(rows: () => readonly (readonly string[])[]): void {
    this.#table.fill(rows);
  }
}
