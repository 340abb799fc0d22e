import { reachOf, type Columns, type Reach } from './columns';

/** What the moving picture is drawn on: as many columns as it has, oldest on the left. */
export interface ColumnSurface {
  /** Moves everything to the left; what comes in on the right is empty. */
  shift(columns: number): void;
  clear(first: number, count: number): void;
  /** Draws the columns [first, first + count) of one trace. */
  draw(trace: number, bars: Reach, first: number, count: number, top: number): void;
}

/**
 * Keeps a picture as it is drawn and draws only the columns that differ from what should be there. It compares every column, so evidence that
 * comes late, or fills a gap, is seen as well as the newest second. Pure.
 */
export class MovingPicture {
  readonly #drawn: readonly Reach[];
  #columns: Columns | undefined;
  #top = NaN;

  constructor(traces: number, readonly count: number) {
    this.#drawn = Array.from({ length: traces }, () => reachOf(count));
  }

  /** Brings the surface to show the bars; answers how many columns were drawn. */
  show(surface: ColumnSurface, columns: Columns, bars: readonly Reach[], top: number): number {
    const before = this.#columns;
    const by = before === undefined ? Infinity : columns.newest - before.newest;
    if (top !== this.#top || columns.seconds !== before?.seconds || by < 0 || by >= this.count) this.#empty(surface);
    else if (by > 0) this.#shift(surface, by);
    this.#columns = columns;
    this.#top = top;
    return this.#repair(surface, bars, top);
  }

  #empty(surface: ColumnSurface): void {
    surface.clear(0, this.count);
    for (const { low, high } of this.#drawn) {
      low.fill(NaN);
      high.fill(NaN);
    }
  }

  #shift(surface: ColumnSurface, by: number): void {
    surface.shift(by);
    for (const { low, high } of this.#drawn) {
      low.copyWithin(0, by).fill(NaN, this.count - by);
      high.copyWithin(0, by).fill(NaN, this.count - by);
    }
  }

  #repair(surface: ColumnSurface, bars: readonly Reach[], top: number): number {
    let repaired = 0;
    for (let i = 0; i < this.count; i++) {
      if (!this.#differs(bars, i)) continue;
      const first = i;
      while (i < this.count && this.#differs(bars, i)) i++;
      surface.clear(first, i - first);
      // The first trace lies on top, so that the peaks of a high percentile do not hide the lower ones.
      for (let trace = bars.length - 1; trace >= 0; trace--) {
        const bar = bars[trace]!;
        surface.draw(trace, bar, first, i - first, top);
        this.#drawn[trace]!.low.set(bar.low.subarray(first, i), first);
        this.#drawn[trace]!.high.set(bar.high.subarray(first, i), first);
      }

      repaired += i - first;
    }

    return repaired;
  }

  #differs(bars: readonly Reach[], i: number): boolean {
    for (let trace = 0; trace < bars.length; trace++) {
      const drawn = this.#drawn[trace]!;
      const bar = bars[trace]!;
      if (!Object.is(drawn.low[i], bar.low[i]) || !Object.is(drawn.high[i], bar.high[i])) return true;
    }

    return false;
  }
}
