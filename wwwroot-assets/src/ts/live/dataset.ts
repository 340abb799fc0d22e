import { Buckets } from './buckets';
import { hub } from './hub';
import type { HistoryAnswer } from './wire';

/** A service's live signs over a window, shared by every chart that shows them. */
export class Dataset extends EventTarget {
  readonly buckets: Buckets;
  #loading: Promise<void> | undefined;
  #loaded = false;
  #failed = false;

  constructor(readonly service: string, readonly windowSeconds: number, step: number, readonly fixed?: { readonly from: number; readonly to: number }) {
    super();
    this.buckets = new Buckets(windowSeconds, step);
  }

  get state(): 'loading' | 'ready' | 'failed' {
    return this.#loaded ? 'ready' : this.#failed ? 'failed' : 'loading';
  }

  /** Reads the history of the window; frames go on coming meanwhile. */
  load(): Promise<void> {
    return (this.#loading ??= this.#read().finally(() => (this.#loading = undefined)));
  }

  async #read(): Promise<void> {
    const { step } = this.buckets;
    const now = hub.now() / 1000;
    const from = Math.floor((this.fixed?.from ?? now - this.windowSeconds) / step) * step;
    const to = (Math.floor((this.fixed?.to ?? now) / step) + 1) * step;
    try {
      const query = new URLSearchParams({ from: String(from), to: String(to), points: String((to - from) / step) });
      const response = await fetch(`/api/v1/health/${encodeURIComponent(this.service)}/history?${query}`);
      if (response.status === 404) {
        this.#loaded = true;
      } else if (response.ok) {
        this.buckets.load((await response.json()) as HistoryAnswer);
        this.#loaded = true;
        this.#failed = false;
      } else {
        this.#failed = true;
      }
    } catch {
      this.#failed = true;
    }

    this.dispatchEvent(new Event('change'));
    if (this.#failed && !this.#loaded) window.setTimeout(() => void this.load(), 3_000);
  }
}

const live = new Map<string, Dataset>();

/** The dataset of a service, window and width of a bucket; made and filled at the first call. */
export function liveDataset(service: string, windowSeconds: number, step: number): Dataset {
  const key = `${service}\n${windowSeconds}\n${step}`;
  let dataset = live.get(key);
  if (dataset === undefined) {
    dataset = new Dataset(service, windowSeconds, step);
    live.set(key, dataset);
    void dataset.load();
  }

  return dataset;
}

hub.on('frame', frame => {
  for (const dataset of live.values()) {
    if (dataset.service === frame.service) dataset.buckets.add(frame);
  }
});
hub.on('reload', () => {
  for (const dataset of live.values()) void dataset.load();
});

