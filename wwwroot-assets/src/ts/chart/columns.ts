/**
 * Time cut into columns, each as wide as a pixel. Columns are numbered since 1970, so a column is the same stretch of time wherever it stands:
 * a picture that moves by whole columns shows what a new one would. Pure.
 */
export interface Columns {
  /** The seconds of a column; need not be whole. */
  readonly seconds: number;
  readonly count: number;
  /** The number of the last column. */
  readonly newest: number;
}

/** Where the values of one sign reach in each column; NaN where there was no evidence. */
export interface Reach {
  readonly low: Float32Array;
  readonly high: Float32Array;
}

/**
 * How many device pixels wide a column is: a pixel of the page, and wider where there would be more columns than values of `step` seconds.
 * Absent if a second is wider than a pixel of the page.
 */
export function columnWidthFor(windowSeconds: number, step: number, devicePixels: number, ratio: number): number | undefined {
  const pixel = Math.max(1, Math.round(ratio));
  const seconds = windowSeconds / devicePixels;
  return step === 1 && seconds * pixel < 1 ? undefined : Math.max(pixel, Math.ceil(step / seconds));
}

export const reachOf = (count: number): Reach => ({ low: new Float32Array(count).fill(NaN), high: new Float32Array(count).fill(NaN) });

export const columnsUpTo = (second: number, seconds: number, count: number): Columns => ({ seconds, count, newest: Math.floor(second / seconds) });

/** The number of the column at an index. */
export const numberAt = ({ newest, count }: Columns, index: number): number => newest - count + 1 + index;

/** The buckets of `step` seconds, no wider than a column, that begin in the columns; one more at each side may be among them. */
export function bucketsOf({ seconds, newest, count }: Columns, step: number): { readonly first: number; readonly count: number } {
  const first = Math.floor(((newest - count + 1) * seconds) / step);
  return { first, count: Math.ceil(((newest + 1) * seconds) / step) - first + 1 };
}

/** Folds buckets into the columns in which they begin. Every value is in one column, so every peak is on the picture, once. */
export function fold(buckets: Reach, bucketCount: number, firstBucket: number, step: number, columns: Columns, into: Reach): void {
  const { low, high } = into;
  const first = numberAt(columns, 0);
  low.fill(NaN);
  high.fill(NaN);
  for (let i = 0; i < bucketCount; i++) {
    const least = buckets.low[i]!;
    const most = buckets.high[i]!;
    if (most !== most) continue;
    const index = Math.floor(((firstBucket + i) * step) / columns.seconds) - first;
    if (index < 0 || index >= columns.count) continue;
    if (!(low[index]! <= least)) low[index] = least;
    if (!(high[index]! >= most)) high[index] = most;
  }
}

/** Lets each column reach to its left neighbour, so that they read as one line. A gap is not bridged. */
export function join({ low, high }: Reach, count: number, into: Reach): void {
  let leftLow = NaN;
  let leftHigh = NaN;
  for (let i = 0; i < count; i++) {
    const ownLow = low[i]!;
    const ownHigh = high[i]!;
    into.low[i] = leftHigh < ownLow ? leftHigh : ownLow;
    into.high[i] = leftLow > ownHigh ? leftLow : ownHigh;
    leftLow = ownLow;
    leftHigh = ownHigh;
  }
}

/** The middle of what the last columns with evidence reach: where a line's name stands without jumping about. */
export function restOf({ low, high }: Reach, count: number, columns = 8): number {
  let last = count - 1;
  while (last >= 0 && Number.isNaN(high[last]!)) last--;
  let sum = 0;
  let seen = 0;
  for (let i = last; i > last - columns && i >= 0; i--) {
    if (Number.isNaN(high[i]!)) continue;
    sum += (low[i]! + high[i]!) / 2;
    seen++;
  }

  return seen === 0 ? NaN : sum / seen;
}
