import { writeTime } from '../format';
import type { TimelineEntry } from '../live/wire';
import { currentZone } from '../shell/zone';
import type { Cluster } from './cluster';
import { make } from './make';
import { labelOf, writeKind } from './mark-label';

const mostInTip = 6;

type MarkLink = HTMLAnchorElement & { entries?: readonly TimelineEntry[] };

/**
 * The marks of events above a chart, each a link to what it stands for on the timeline, with a tip that lists the newest of them. They are one
 * stop of the tab key; the arrows go from mark to mark.
 */
export class MarkRow {
  readonly element = make('div', 'chart-marks');
  readonly tip = make('div', 'chart-tip');
  readonly #links: MarkLink[] = [];

  constructor(tipId: string, readonly stage: HTMLElement) {
    this.tip.id = tipId;
    this.tip.setAttribute('role', 'tooltip');
    this.tip.hidden = true;
    for (const name of ['pointerover', 'focusin'] as const) this.element.addEventListener(name, event => this.#showTip(event.target));
    for (const name of ['pointerout', 'focusout'] as const) this.element.addEventListener(name, () => (this.tip.hidden = true));
    this.element.addEventListener('keydown', event => this.#key(event));
  }

  show(clusters: readonly Cluster<TimelineEntry>[], left: number, width: number, run: string | null): void {
    while (this.#links.length > clusters.length) this.#links.pop()!.remove();
    while (this.#links.length < clusters.length) this.#add();
    this.element.style.left = `${left}px`;
    this.element.style.width = `${width}px`;
    clusters.forEach(({ x, items }, index) => this.#place(this.#links[index]!, x, items, run));
    if (!this.#links.some(link => link.tabIndex === 0)) this.#links.at(-1)?.setAttribute('tabindex', '0');
  }

  #add(): void {
    const link: MarkLink = make('a', 'chart-mark');
    link.tabIndex = -1;
    link.setAttribute('aria-describedby', this.tip.id);
    this.#links.push(link);
    this.element.append(link);
  }

  #place(link: MarkLink, x: number, items: readonly TimelineEntry[], run: string | null): void {
    link.style.translate = `calc(${x.toFixed(1)}px - 50%) 0`;
    const key = `${run} ${items.map(item => item.sequence).join()}`;
    if (link.dataset['key'] === key) return;
    link.dataset['key'] = key;
    link.entries = items;
    const { family, text, name, href } = labelOf(items);
    link.dataset['family'] = family;
    link.toggleAttribute('data-own', run !== null && items.some(item => item.subject === `run:${run}` || item.data['run'] === run));
    link.textContent = text;
    link.setAttribute('aria-label', name);
    link.href = href;
  }

  #key(event: KeyboardEvent): void {
    const at = this.#links.indexOf(event.target as MarkLink);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: this.#links.length - 1 }[event.key];
    if (event.key === 'Escape') this.tip.hidden = true;
    const next = to === undefined ? undefined : this.#links[to];
    if (next === undefined) return;
    event.preventDefault();
    for (const link of this.#links) link.tabIndex = link === next ? 0 : -1;
    next.focus();
  }

  #showTip(target: EventTarget | null): void {
    if (!(target instanceof HTMLAnchorElement)) return;
    const { entries } = target as MarkLink;
    if (entries === undefined) return;
    const list = make('ul', 'chart-tip-list');
    list.append(...entries.slice(-mostInTip).reverse().map(entry => {
      const item = make('li', '');
      item.append(
        make('span', 'mono', writeTime(Date.parse(entry.at), currentZone(), Date.now())),
        make('b', '', writeKind(entry.kind)),
        make('span', 'muted', [entry.subject.replace(/^[a-z-]+:/, ''), entry.actor, entry.reason].filter(part => part !== '').join(' · ')));
      return item;
    }));
    this.tip.replaceChildren(list);
    if (entries.length > mostInTip) this.tip.append(make('p', 'muted', `and ${entries.length - mostInTip} before; press to list all ${entries.length}`));
    this.tip.hidden = false;
    const stage = this.stage.getBoundingClientRect();
    const mark = target.getBoundingClientRect();
    const tip = this.tip.getBoundingClientRect();
    const x = Math.min(Math.max(0, mark.left + mark.width / 2 - stage.left - tip.width / 2), Math.max(0, stage.width - tip.width));
    this.tip.style.translate = `${x}px ${mark.bottom - stage.top + 4}px`;
  }
}
