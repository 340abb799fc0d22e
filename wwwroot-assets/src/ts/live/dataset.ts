import { Buckets, stepFor } from './buckets';
import { hub } from './hub';
import type { HistoryAnswer } from './wire';

/** A stretch of the past, in seconds. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

const retryMs = 3_000;
const soonMs = 300;

/** A service's signs over a window, shared by every chart that shows them. It is kept as long as somebody watches it. */
export class Dataset {
  readonly buckets: Buckets;
  readonly #changed = new Set<() => void>();
  #loading: Promise<void> | undefined;
  #state: 'loading' | 'ready' | 'failed' = 'loading';

  constructor(readonly key: string, readonly service: string, readonly windowSeconds: number, step: number, readonly past: Stretch | undefined) {
    this.buckets = new Buckets(windowSeconds, step);
  }

  get state(): 'loading' | 'ready' | 'failed' {
    return this.#state;
  }

  onChange(listener: () => void): () => void {
    this.#changed.add(listener);
    return () => {
      this.#changed.delete(listener);
      if (this.#changed.size === 0) watched.delete(this.key);
    };
  }

  /** Reads the history of the window; frames go on coming meanwhile. */
  load(): Promise<void> {
    return (this.#loading ??= this.#read().finally(() => (this.#loading = undefined)));
  }

  /** Reads the history again when it has what the newest frame told of. */
  loadSoon(): void {
    window.setTimeout(() => watched.has(this.key) && void this.load(), soonMs);
  }

  async #read(): Promise<void> {
    const { step } = this.buckets;
    const now = hub.now() / 1000;
    const from = Math.floor((this.past?.from ?? now - this.windowSeconds) / step) * step;
    const to = (Math.floor((this.past?.to ?? now) / step) + 1) * step;
    const query = new URLSearchParams({ from: String(from), to: String(to), points: String((to - from) / step) });
    const response = await fetch(`/api/v1/health/${encodeURIComponent(this.service)}/history?${query}`).catch(() => undefined);
    const answer = response?.ok ? await (response.json() as Promise<HistoryAnswer>).catch(() => undefined) : undefined;
    if (answer !== undefined) this.buckets.load(answer);
    // A service that nothing is known of has no history, and that is an answer.
    if (answer !== undefined || response?.status === 404) this.#state = 'ready';
    else if (this.#state === 'loading') this.#state = 'failed';
    for (const listener of this.#changed) listener();
    if (this.#state === 'failed') window.setTimeout(() => watched.has(this.key) && void this.load(), retryMs);
  }
}

const watched = new Map<string, Dataset>();

/**
 * The data of a chart so many pixels wide: live; or of the past, if that is asked for or the view was paused so long ago that what is live
 * no longer reaches back to it.
 */
export function datasetFor(
  service: string, windowSeconds: number, pixels: number, fixed: Stretch | undefined, pausedAt: number | undefined): Dataset {
  const left = pausedAt !== undefined && hub.now() / 1000 - pausedAt >= windowSeconds;
  const past = fixed ?? (left ? { from: pausedAt - windowSeconds, to: pausedAt } : undefined);
  // In steps of 480 pixels, so that charts of nearly the same width share their data.
  const step = stepFor(windowSeconds, Math.ceil(Math.max(1, pixels) / 480) * 480);
  const key = JSON.stringify([service, windowSeconds, step, past]);
  let dataset = watched.get(key);
  if (dataset === undefined) {
    dataset = new Dataset(key, service, windowSeconds, step, past);
    watched.set(key, dataset);
    void dataset.load();
  }

  return dataset;
}

hub.on('frame', frame => {
  for (const dataset of watched.values()) {
    if (dataset.past === undefined && dataset.service === frame.service && dataset.buckets.add(frame)) dataset.loadSoon();
  }
});
hub.on('reload', () => {
  for (const dataset of watched.values()) void dataset.load();
});
