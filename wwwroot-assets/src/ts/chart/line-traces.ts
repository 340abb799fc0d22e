import type { Buckets } from '../live/buckets';
import type { SignKey } from '../live/wire';
import { largestOf } from './scale';
import { lineWidth, traceCanvas, type TraceBox, type TraceStyle } from './trace-canvas';
import type { Traces } from './traces';

/** A short window: a line through the value of every second. A gap stays a gap; a second that stands alone is a dot. */
export class LineTraces implements Traces {
  readonly element: HTMLCanvasElement;
  readonly resolution = 1;
  readonly count: number;
  readonly #context: CanvasRenderingContext2D;
  readonly #values: readonly Float32Array[];
  #end = 0;

  constructor(readonly keys: readonly SignKey[], readonly windowSeconds: number, readonly box: TraceBox, readonly style: TraceStyle) {
    this.count = Math.ceil(windowSeconds) + 1;
    this.#values = keys.map(() => new Float32Array(this.count));
    this.#context = traceCanvas(box);
    this.element = this.#context.canvas;
  }

  get from(): number {
    return this.#end - this.windowSeconds;
  }

  get to(): number {
    return this.#end;
  }

  read(buckets: Buckets, end: number): number {
    this.#end = Math.floor(end);
    let largest = 0;
    this.keys.forEach((key, trace) => {
      const values = this.#values[trace]!;
      buckets.read(key, 'max', this.secondAt(0), this.count, values);
      largest = Math.max(largest, largestOf(values, this.count));
    });
    return largest;
  }

  draw(top: number): void {
    const context = this.#context;
    const { width, height, ratio } = this.box;
    const { colors, fill } = this.style;
    context.clearRect(0, 0, width, height);
    context.lineWidth = lineWidth * ratio;
    context.lineJoin = 'round';
    // The first trace lies on top, so that the peaks of a high percentile do not hide the lower ones.
    for (let trace = this.#values.length - 1; trace >= 0; trace--) {
      const { line, area } = this.#paths(this.#values[trace]!, top);
      if (fill !== undefined) {
        context.fillStyle = fill;
        context.fill(area);
      }

      context.strokeStyle = colors[trace % colors.length]!;
      context.stroke(line);
    }
  }

  indexAt(second: number): number | undefined {
    const index = Math.round(second) - this.secondAt(0);
    return index >= 0 && index < this.count ? index : undefined;
  }

  secondAt(index: number): number {
    return this.#end - this.count + 1 + index;
  }

  valuesAt(index: number): number[] {
    return this.#values.map(values => values[index]!);
  }

  ends(): number[] {
    return this.#values.map(values => values.findLast(value => !Number.isNaN(value)) ?? NaN);
  }

  #paths(values: Float32Array, top: number): { readonly line: Path2D; readonly area: Path2D } {
    const { width, height, ratio } = this.box;
    const line = new Path2D();
    const area = new Path2D();
    const perSecond = width / this.windowSeconds;
    // A line at zero lies on the axis with its whole thickness.
    const lowest = height - (lineWidth * ratio) / 2;
    let x = width - (this.count - 1) * perSecond;
    let began = -1;
    for (let i = 0; i <= this.count; i++, x += perSecond) {
      const value = i < this.count ? values[i]! : NaN;
      if (value === value) {
        const y = Math.min(height - (value / top) * height, lowest);
        if (began < 0) {
          began = i;
          line.moveTo(x, y);
          area.moveTo(x, height);
        } else {
          line.lineTo(x, y);
        }

        area.lineTo(x, y);
      } else if (began >= 0) {
        const last = x - perSecond;
        if (began === i - 1) line.lineTo(last + lineWidth * ratio, Math.min(height - (values[began]! / top) * height, lowest));
        area.lineTo(last, height);
        area.closePath();
        began = -1;
      }
    }

    return { line, area };
  }
}
