import type uPlot from 'uplot';

/** The inside of a plot on its canvas: whole device pixels, and how many of them make a pixel of the page. */
export interface TraceBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly ratio: number;
}

export interface TraceStyle {
  readonly colors: readonly string[];
  /** What fills the area below a single trace; nothing below several. */
  readonly fill: string | undefined;
}

/** The thickness of a line, in pixels of the page. */
export const lineWidth = 1.5;

export function traceBoxOf({ bbox }: uPlot): TraceBox {
  const left = Math.round(bbox.left);
  const top = Math.round(bbox.top);
  return {
    left,
    top,
    width: Math.round(bbox.left + bbox.width) - left,
    height: Math.round(bbox.top + bbox.height) - top,
    ratio: devicePixelRatio,
  };
}

export const sameBox = (a: TraceBox, b: TraceBox): boolean =>
  a.left === b.left && a.top === b.top && a.width === b.width && a.height === b.height && a.ratio === b.ratio;

/** A canvas of exactly the device pixels of a plot's inside. */
export function traceCanvas({ width, height, ratio }: TraceBox): CanvasRenderingContext2D {
  const canvas = document.createElement('canvas');
  canvas.className = 'chart-traces';
  canvas.width = width;
  canvas.height = height;
  canvas.style.width = `${width / ratio}px`;
  canvas.style.height = `${height / ratio}px`;
  return canvas.getContext('2d')!;
}
