import type { Buckets } from '../live/buckets';
import type { SignKey } from '../live/wire';
import { columnWidthFor } from './columns';
import { ColumnTraces } from './column-traces';
import { LineTraces } from './line-traces';
import type { TraceBox, TraceStyle } from './trace-canvas';

/** The traces of a chart over a window: what was read, where it lies in time, and a canvas of it that lies below uPlot's axes and marks. */
export interface Traces {
  readonly element: HTMLCanvasElement;
  /** The ends of the window that is drawn, in seconds; the time axis runs between them. */
  readonly from: number;
  readonly to: number;
  /** How many seconds a value stands for. */
  readonly resolution: number;
  readonly count: number;
  /** Reads the window that ends at a second; answers the largest value in it. */
  read(buckets: Buckets, end: number): number;
  /** Draws what was read, on a scale from 0 to `top`. */
  draw(top: number): void;
  /** The index of a time, if it is within the window. */
  indexAt(second: number): number | undefined;
  secondAt(index: number): number;
  /** The values of the signs at an index: the largest where it stands for more than a second, NaN where there was no evidence. */
  valuesAt(index: number): number[];
  /** Where each trace ends, as a value; NaN for one without evidence. */
  ends(): number[];
}

/** A long window is a picture that moves; one so short that a second is wider than a pixel is few points, and is drawn as lines. */
export function makeTraces(keys: readonly SignKey[], windowSeconds: number, step: number, box: TraceBox, style: TraceStyle): Traces {
  const columnWidth = columnWidthFor(windowSeconds, step, box.width, box.ratio);
  return columnWidth === undefined
    ? new LineTraces(keys, windowSeconds, box, style)
    : new ColumnTraces(keys, (windowSeconds * columnWidth) / box.width, columnWidth, box, style);
}
