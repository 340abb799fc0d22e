import { hub } from './hub';
import type { TimelineEntry } from './wire';

/** The timeline as far as this page needs it: what was read, and every event since. */
const silent = new Set(['console.signed-in', 'experiment.created', 'experiment.changed', 'experiment.deleted', 'flag.created', 'flag.changed', 'run.lessons', 'run.requested', 'run.refused']);
const entries = new Map<number, TimelineEntry>();
const changed = new EventTarget();
let readFrom = Infinity;

export const onMarks = (listener: () => void): (() => void) => {
  changed.addEventListener('change', listener);
  return () => changed.removeEventListener('change', listener);
};

const ofService = new Map<string, readonly TimelineEntry[]>();
changed.addEventListener('change', () => ofService.clear());

/** The entries that are drawn on a service's charts, oldest first; the same array until one more is known. */
export function marksOf(service: string): readonly TimelineEntry[] {
  let marks = ofService.get(service);
  if (marks === undefined) {
    marks = [...entries.values()]
      .filter(entry => !silent.has(entry.kind) && (entry.data['service'] === undefined || entry.data['service'] === service))
      .sort((a, b) => a.sequence - b.sequence);
    ofService.set(service, marks);
  }

  return marks;
}

/** Makes sure that the marks since a time are known. */
export async function readMarks(fromMs: number): Promise<void> {
  if (fromMs >= readFrom) return;
  readFrom = fromMs;
  for (let after: number | undefined; ; ) {
    const query = new URLSearchParams({ from: new Date(fromMs).toISOString(), limit: '1000', order: 'asc' });
    if (after !== undefined) query.set('after', String(after));
    const response = await fetch(`/api/v1/timeline?${query}`).catch(() => undefined);
    if (!response?.ok) {
      readFrom = Infinity;
      return;
    }

    const page = ((await response.json()) as { entries: TimelineEntry[] }).entries;
    for (const entry of page) entries.set(entry.sequence, entry);
    changed.dispatchEvent(new Event('change'));
    if (page.length < 1000) return;
    after = page[page.length - 1]!.sequence;
  }
}

let newestSeen = 0;
hub.on('event', entry => {
  const known = newestSeen;
  newestSeen = Math.max(newestSeen, entry.sequence);
  entries.set(entry.sequence, entry);
  if (known !== 0 && entry.sequence > known + 1) void refill(known);
  changed.dispatchEvent(new Event('change'));
});
hub.on('status', status => {
  if (newestSeen !== 0 && status.timelineSequence > newestSeen) void refill(newestSeen);
  if (newestSeen === 0) newestSeen = status.timelineSequence;
});

async function refill(after: number): Promise<void> {
  const response = await fetch(`/api/v1/timeline?after=${after}&limit=1000&order=asc`).catch(() => undefined);
  if (!response?.ok) return;
  for (const entry of ((await response.json()) as { entries: TimelineEntry[] }).entries) {
    entries.set(entry.sequence, entry);
    newestSeen = Math.max(newestSeen, entry.sequence);
  }

  changed.dispatchEvent(new Event('change'));
}
