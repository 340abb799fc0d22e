import { isEvidence, signKeys, type Frame, type HistoryAnswer, type SignKey } from './wire';

/** The history answers 5,000 points at once; a window that does not begin with a bucket needs one more. */
const mostBuckets = 4_900;

/** The widest bucket in whole seconds that is no wider than a pixel of a chart, so that no pixel lacks one. */
export function stepFor(windowSeconds: number, pixels: number): number {
  return Math.max(1, Math.floor(windowSeconds / pixels), Math.ceil(windowSeconds / mostBuckets));
}

/**
 * A service's signs in equal buckets of time, kept in typed arrays that wrap around. Each bucket keeps the smallest and the largest value, so
 * that no peak is lost however wide the bucket; NaN where there was no evidence. Pure.
 */
export class Buckets {
  readonly step: number;
  readonly capacity: number;
  readonly #min: Record<SignKey, Float32Array>;
  readonly #max: Record<SignKey, Float32Array>;
  #newest = -Infinity;
  #anchor: { readonly sequence: number; readonly second: number } | undefined;

  constructor(windowSeconds: number, step: number) {
    this.step = step;
    this.capacity = Math.ceil(windowSeconds / step) * 2 + 2;
    const allocate = (): Record<SignKey, Float32Array> =>
      Object.fromEntries(signKeys.map(key => [key, new Float32Array(this.capacity).fill(NaN)])) as Record<SignKey, Float32Array>;
    this.#min = allocate();
    this.#max = allocate();
  }

  /** The number of the newest bucket: its start in seconds divided by the step. */
  get newest(): number {
    return this.#newest;
  }

  /**
   * Puts a frame where its figures belong: into the bucket of its look, or, if they stand for several seconds, into those of the period for
   * which they stand. Frames of one second stay one second apart, whatever the jitter of their clock.
   */
  add(frame: Frame): void {
    const newest = this.#open(Math.floor(this.#secondOf(frame) / this.step));
    if (newest < 0 || !isEvidence(frame.freshness)) return;
    if (frame.periodSeconds >= 2 && frame.ageSeconds !== null) this.#addPeriod(frame, Math.round(Date.parse(frame.at) / 1000 - frame.ageSeconds));
    else this.#put(frame, newest);
  }

  #addPeriod(frame: Frame, end: number): void {
    // The history has the same seconds: those after the start of the period, up to its end.
    const first = end - frame.periodSeconds + 1;
    for (let slot = Math.floor(first / this.step); slot <= Math.floor(end / this.step); slot++) {
      const index = this.#open(slot);
      if (index < 0) continue;
      // What was heard of this very period before is corrected; a bucket that others reach into is widened.
      const isWhole = slot * this.step >= first && (slot + 1) * this.step - 1 <= end;
      if (isWhole) this.#clear(index);
      this.#put(frame, index);
    }
  }

  #put(frame: Frame, index: number): void {
    for (const key of signKeys) {
      const value = frame[key];
      if (value !== null) this.#widen(key, index, value, value);
    }
  }

  /** Puts a stretch of history in. What is there already is only widened, so the order in which history and frames come does not matter. */
  load(history: HistoryAnswer): void {
    const from = typeof history.from === 'number' ? history.from : Date.parse(history.from) / 1000;
    const { stepSeconds } = history;
    for (let i = 0; i < history.points; i++) {
      const at = from + i * stepSeconds;
      const last = Math.ceil((at + stepSeconds) / this.step) - 1;
      // What lies far back is answered in wider buckets than were asked for: one of those fills several.
      for (let slot = Math.min(Math.floor(at / this.step), last); slot <= last; slot++) this.#fill(slot, history, i);
    }
  }

  #fill(slot: number, { series }: HistoryAnswer, i: number): void {
    const index = this.#open(slot);
    if (index < 0) return;
    for (const key of signKeys) {
      const min = series[key]?.min[i];
      const max = series[key]?.max[i];
      if (min !== null && min !== undefined && max !== null && max !== undefined) this.#widen(key, index, min, max);
    }
  }

  /** Copies the buckets [first, first + count) of a sign, oldest first. */
  read(key: SignKey, bound: 'min' | 'max', first: number, count: number, into: Float32Array): void {
    const source = bound === 'min' ? this.#min[key] : this.#max[key];
    const from = Math.max(first, this.#newest - this.capacity + 1);
    const to = Math.min(first + count - 1, this.#newest);
    if (!(from <= to)) {
      into.fill(NaN, 0, count);
      return;
    }

    into.fill(NaN, 0, from - first);
    into.fill(NaN, to - first + 1, count);
    const start = this.#index(from);
    const length = to - from + 1;
    const beforeEnd = Math.min(length, this.capacity - start);
    into.set(source.subarray(start, start + beforeEnd), from - first);
    if (beforeEnd < length) into.set(source.subarray(0, length - beforeEnd), from - first + beforeEnd);
    if (this.step === 1) bridgeSingles(into, count);
  }

  #secondOf(frame: Frame): number {
    const second = Date.parse(frame.at) / 1000;
    const expected = this.#anchor === undefined ? NaN : this.#anchor.second + (frame.sequence - this.#anchor.sequence);
    if (Math.abs(expected - second) <= 1) return expected;
    if (this.#anchor === undefined || frame.sequence >= this.#anchor.sequence) {
      this.#anchor = { sequence: frame.sequence, second: Math.floor(second) };
    }

    return Math.floor(second);
  }

  #index(slot: number): number {
    return ((slot % this.capacity) + this.capacity) % this.capacity;
  }

  /** The index of a bucket, or -1 if it is too old. What comes to lie between the newest bucket and a newer one is emptied. */
  #open(slot: number): number {
    if (!Number.isFinite(slot) || slot <= this.#newest - this.capacity) return -1;
    if (slot > this.#newest) {
      for (let next = Math.max(this.#newest + 1, slot - this.capacity + 1); next <= slot; next++) this.#clear(this.#index(next));
      this.#newest = slot;
    }

    return this.#index(slot);
  }

  #clear(index: number): void {
    for (const key of signKeys) {
      this.#min[key][index] = NaN;
      this.#max[key][index] = NaN;
    }
  }

  #widen(key: SignKey, index: number, min: number, max: number): void {
    const mins = this.#min[key];
    const maxs = this.#max[key];
    if (!(mins[index]! <= min)) mins[index] = min;
    if (!(maxs[index]! >= max)) maxs[index] = max;
  }
}

/** A single missing second is a tick that fell between two seconds, not a gap: it takes the value of the second before it. */
export function bridgeSingles(values: Float32Array, count: number): void {
  for (let i = 1; i < count - 1; i++) {
    if (Number.isNaN(values[i]!) && !Number.isNaN(values[i - 1]!) && !Number.isNaN(values[i + 1]!)) values[i] = values[i - 1]!;
  }
}
