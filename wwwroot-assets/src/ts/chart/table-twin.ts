import { make } from './make';

const everyMs = 5_000;

/** A chart as a table, for whoever reads rather than looks: a button, and the table that it shows. It is filled only while it is open. */
export class TableTwin {
  readonly button = make('button', 'chart-table-button', 'Table');
  readonly element = make('div', 'chart-table table-wrap');
  readonly #table = make('table', 'table');
  #head: readonly string[] = [];
  #filledAt = -Infinity;

  constructor(id: string, onOpen: () => void) {
    this.element.id = id;
    this.element.hidden = true;
    this.element.tabIndex = 0;
    this.element.setAttribute('role', 'region');
    this.element.append(this.#table);
    this.button.type = 'button';
    this.button.setAttribute('aria-controls', id);
    this.button.setAttribute('aria-expanded', 'false');
    this.button.addEventListener('click', () => {
      this.element.hidden = !this.element.hidden;
      this.button.setAttribute('aria-expanded', String(!this.element.hidden));
      this.#filledAt = -Infinity;
      onOpen();
    });
  }

  describe(heading: string, head: readonly string[]): void {
    this.#head = head;
    this.#filledAt = -Infinity;
    this.element.setAttribute('aria-label', `${heading}, values of the chart`);
  }

  /** Fills the table, every five seconds while it is open. */
  fill(rows: () => readonly (readonly string[])[]): void {
    const now = performance.now();
    if (this.element.hidden || now - this.#filledAt < everyMs) return;
    this.#filledAt = now;
    const head = document.createElement('thead');
    head.append(rowOf(this.#head, () => 'col'));
    const body = document.createElement('tbody');
    body.append(...rows().map(cells => rowOf(cells, index => (index === 0 ? 'row' : undefined))));
    this.#table.replaceChildren(head, body);
  }
}

function rowOf(cells: readonly string[], scopeOf: (index: number) => 'col' | 'row' | undefined): HTMLTableRowElement {
  const row = document.createElement('tr');
  row.append(...cells.map((text, index) => {
    const scope = scopeOf(index);
    const cell = make(scope === undefined ? 'td' : 'th', index > 0 ? 'num' : '', text);
    if (scope !== undefined) (cell as HTMLTableCellElement).scope = scope;
    return cell;
  }));
  return row;
}
