import { isEvidence, signKeys, type Frame, type HistoryAnswer, type SignKey } from './wire';

/** The history answers 5,000 points at once; a window that does not begin with a bucket needs one more. */
const mostBuckets = 4_900;

/** Fresh evidence that has not changed for so long, or is so old, stands for a period of its source, not for the second of a look. */
const periodFromSeconds = 4;
const periodFromAgeSeconds = 10;
const everySecond = 2;

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
  #evidence: { readonly second: number; readonly look: number } | undefined;
  #byPeriods = false;
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
   * Puts a frame into the bucket of its look. Frames of one second stay one second apart, whatever the jitter of their clock. Evidence of a
   * source that reports by longer periods belongs to its period instead, which only the history knows.
   * @returns Whether the history has to be read for what this frame says.
   */
  add(frame: Frame): boolean {
    const look = this.#secondOf(frame);
    const index = this.#open(Math.floor(look / this.step));
    if (index < 0 || !isEvidence(frame.freshness)) return false;
    const isNew = this.#isNew(frame, look);
    if (this.#byPeriods) return isNew;
    for (const key of signKeys) {
      const value = frame[key];
      if (value !== null) this.#widen(key, index, value, value);
    }

    return false;
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

  /** Whether the frame's evidence is newer than that of the frames before; learns on the way whether the source reports by periods. */
  #isNew(frame: Frame, look: number): boolean {
    const age = frame.ageSeconds ?? 0;
    const second = Math.round(Date.parse(frame.at) / 1000 - age);
    const before = this.#evidence;
    const isNew = before === undefined || second > before.second;
    if (isNew) this.#evidence = { second, look };
    if (this.#byPeriods) {
      this.#byPeriods = !isNew || age >= periodFromAgeSeconds || second - before!.second > everySecond;
      return isNew;
    }

    const stands = before !== undefined && !isNew && look - before.look >= periodFromSeconds;
    if (frame.freshness !== 'Fresh' || !(stands || (age >= periodFromAgeSeconds && (before === undefined || second - before.second > everySecond)))) return false;
    this.#byPeriods = true;
    // What was put at the looks since then is in the history, at its own time.
    for (let slot = Math.max(Math.floor(second / this.step) + 1, this.#newest - this.capacity + 1); slot <= this.#newest; slot++) this.#clear(this.#index(slot));
    return true;
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
