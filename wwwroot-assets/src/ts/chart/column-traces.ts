import type { Buckets } from '../live/buckets';
import type { SignKey } from '../live/wire';
import { bucketsOf, columnsUpTo, fold, join, numberAt, reachOf, restOf, type Columns, type Reach } from './columns';
import { MovingPicture, type ColumnSurface } from './moving';
import { largestOf } from './scale';
import { lineWidth, traceCanvas, type TraceBox, type TraceStyle } from './trace-canvas';
import type { Traces } from './traces';

let scratch: Reach = reachOf(0);

/** A long window: each column reaches from the smallest to the largest value of its time. */
export class ColumnTraces implements Traces {
  readonly element: HTMLCanvasElement;
  readonly count: number;
  readonly #reaches: readonly Reach[];
  readonly #bars: readonly Reach[];
  readonly #picture: MovingPicture;
  readonly #surface: ColumnSurface;
  #columns: Columns;

  constructor(readonly keys: readonly SignKey[], seconds: number, readonly columnWidth: number, readonly box: TraceBox, style: TraceStyle) {
    this.count = Math.ceil(box.width / columnWidth);
    this.#columns = columnsUpTo(0, seconds, this.count);
    this.#reaches = keys.map(() => reachOf(this.count));
    this.#bars = keys.map(() => reachOf(this.count));
    this.#picture = new MovingPicture(keys.length, this.count);
    const context = traceCanvas(box);
    this.element = context.canvas;
    this.#surface = new CanvasColumns(context, this.count, columnWidth, box, style);
  }

  get resolution(): number {
    return this.#columns.seconds;
  }

  get from(): number {
    return this.to - (this.box.width / this.columnWidth) * this.resolution;
  }

  get to(): number {
    return (this.#columns.newest + 1) * this.resolution;
  }

  read(buckets: Buckets, end: number): number {
    this.#columns = columnsUpTo(end, this.resolution, this.count);
    const { first, count } = bucketsOf(this.#columns, buckets.step);
    if (scratch.low.length < count) scratch = reachOf(count);
    let largest = 0;
    this.keys.forEach((key, trace) => {
      const reach = this.#reaches[trace]!;
      buckets.read(key, 'min', first, count, scratch.low);
      buckets.read(key, 'max', first, count, scratch.high);
      fold(scratch, count, first, buckets.step, this.#columns, reach);
      join(reach, this.count, this.#bars[trace]!);
      largest = Math.max(largest, largestOf(reach.high, this.count));
    });
    return largest;
  }

  draw(top: number): void {
    this.#picture.show(this.#surface, this.#columns, this.#bars, top);
  }

  indexAt(second: number): number | undefined {
    const index = Math.floor(second / this.resolution) - numberAt(this.#columns, 0);
    return index >= 0 && index < this.count ? index : undefined;
  }

  secondAt(index: number): number {
    return Math.ceil(numberAt(this.#columns, index) * this.resolution);
  }

  valuesAt(index: number): number[] {
    return this.#reaches.map(({ high }) => high[index]!);
  }

  ends(): number[] {
    return this.#reaches.map(reach => restOf(reach, this.count));
  }
}

/** Columns on a canvas: upright bars a pixel wide, as thick at least as a line. */
class CanvasColumns implements ColumnSurface {
  constructor(
    readonly context: CanvasRenderingContext2D,
    readonly count: number,
    readonly columnWidth: number,
    readonly box: TraceBox,
    readonly style: TraceStyle) {}

  shift(columns: number): void {
    const { context } = this;
    context.globalCompositeOperation = 'copy';
    context.drawImage(context.canvas, -columns * this.columnWidth, 0);
    context.globalCompositeOperation = 'source-over';
  }

  clear(first: number, count: number): void {
    this.context.clearRect(this.#left(first), 0, count * this.columnWidth, this.box.height);
  }

  draw(trace: number, { low, high }: Reach, first: number, count: number, top: number): void {
    const { context, columnWidth, style } = this;
    const { height } = this.box;
    const scale = height / top;
    const thickness = lineWidth * this.box.ratio;
    const color = style.colors[trace % style.colors.length]!;
    const each = (bar: (x: number, y: number, tall: number) => void): void => {
      for (let i = first; i < first + count; i++) {
        if (high[i] !== high[i]) continue;
        const tall = (high[i]! - low[i]!) * scale + thickness;
        // A line at zero lies on the axis with its whole thickness.
        bar(this.#left(i), Math.min(height - high[i]! * scale - thickness / 2, height - tall), tall);
      }
    };

    if (style.fill !== undefined) {
      context.fillStyle = style.fill;
      each((x, y) => context.fillRect(x, y, columnWidth, height - y));
    }

    context.fillStyle = color;
    each((x, y, tall) => context.fillRect(x, y, columnWidth, tall));
  }

  #left(index: number): number {
    return this.box.width - (this.count - index) * this.columnWidth;
  }
}
