import { writeTime } from '../format';
import { familyOf, writeKind } from '../chart/mark-label';
import { hub } from '../live/hub';
import type { TimelineEntry } from '../live/wire';
import { currentZone, onZoneChange } from '../shell/zone';

/** `<ops-timeline limit subject>`: the newest entries of the timeline, live, newest first. */
class OpsTimeline extends HTMLElement {
  readonly #entries = new Map<number, TimelineEntry>();
  readonly #list = document.createElement('ol');
  #stops: (() => void)[] = [];

  connectedCallback(): void {
    hub.start();
    this.#list.className = 'rail';
    const skeleton = document.createElement('span');
    skeleton.className = 'skeleton';
    this.replaceChildren(skeleton);
    this.#stops = [
      hub.on('event', entry => this.#take([entry])),
      hub.on('status', status => status.timelineSequence > Math.max(0, ...this.#entries.keys()) && void this.#read()),
      onZoneChange(() => this.#render()),
    ];
    void this.#read();
  }

  disconnectedCallback(): void {
    for (const stop of this.#stops) stop();
    this.#stops = [];
  }

  get #limit(): number {
    return Math.min(Math.max(Number(this.getAttribute('limit')) || 50, 1), 500);
  }

  async #read(): Promise<void> {
    const query = new URLSearchParams({ limit: String(this.#limit), order: 'desc' });
    const subject = this.getAttribute('subject');
    if (subject !== null && subject !== '') query.set('subject', subject);
    const response = await fetch(`/api/v1/timeline?${query}`).catch(() => undefined);
    if (response?.ok) {
      this.#take(((await response.json()) as { entries: TimelineEntry[] }).entries);
    } else if (this.#entries.size === 0) {
      this.#say('The timeline cannot be read now.');
    }
  }

  #take(entries: readonly TimelineEntry[]): void {
    const subject = this.getAttribute('subject');
    for (const entry of entries) {
      if (subject === null || subject === '' || entry.subject === subject) this.#entries.set(entry.sequence, entry);
    }

    const oldestKept = [...this.#entries.keys()].sort((a, b) => b - a)[this.#limit];
    if (oldestKept !== undefined) {
      for (const sequence of this.#entries.keys()) if (sequence <= oldestKept) this.#entries.delete(sequence);
    }

    this.#render();
  }

  #say(text: string): void {
    const note = document.createElement('p');
    note.className = 'muted';
    note.textContent = text;
    this.replaceChildren(note);
  }

  #render(): void {
    if (this.#entries.size === 0) {
      this.#say('Nothing has happened yet.');
      return;
    }

    const newestFirst = [...this.#entries.values()].sort((a, b) => b.sequence - a.sequence);
    this.#list.replaceChildren(...newestFirst.map(entry => this.#item(entry)));
    if (this.firstElementChild !== this.#list) this.replaceChildren(this.#list);
  }

  #item(entry: TimelineEntry): HTMLLIElement {
    const item = document.createElement('li');
    item.dataset['family'] = familyOf(entry.kind);
    const time = document.createElement('time');
    time.dateTime = entry.at;
    time.textContent = writeTime(Date.parse(entry.at), currentZone(), hub.now());
    const what = document.createElement('span');
    what.className = 'rail-what';
    const kind = document.createElement('b');
    kind.textContent = writeKind(entry.kind);
    what.append(kind, ` ${entry.subject.replace(/^[a-z-]+:/, '')}`);
    const who = document.createElement('span');
    who.className = 'rail-who';
    who.textContent = entry.reason === '' ? entry.actor : `${entry.actor}: ${entry.reason}`;
    item.append(time, what, who);
    return item;
  }
}

customElements.define('ops-timeline', OpsTimeline);
