import uPlot from 'uplot';

/** What a canvas needs of the design system, read once a theme. */
export interface Palette {
  readonly series: readonly string[];
  readonly grid: string;
  readonly muted: string;
  readonly text: string;
  readonly bad: string;
  readonly panel: string;
  readonly font: string;
}

export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const value = (name: string): string => style.getPropertyValue(name).trim();
  return {
    series: [1, 2, 3, 4, 5].map(n => value(`--series-${n}`)),
    grid: value('--grid'),
    muted: value('--muted'),
    text: value('--text'),
    bad: value('--bad'),
    panel: value('--panel'),
    font: value('--sans'),
  };
}

/**
 * Draws a sign as one line. Where a bucket holds more than one second the line runs through its smallest and its largest value, so that
 * every peak is on the screen. One pixel wide it costs a software canvas a tenth of a wider line or of a filled band.
 * A gap stays a gap; a value that stands alone is a dot.
 */
export function tracePath(upper: Float32Array, lower: Float32Array | undefined, area: boolean): uPlot.Series.PathBuilder {
  return (u, _series, from, to) => {
    const xs = u.data[0];
    const { left, top, width, height } = u.bbox;
    const xScale = u.scales['x']!;
    const yScale = u.scales['y']!;
    const perX = width / (xScale.max! - xScale.min!);
    const originX = left - xScale.min! * perX;
    const perY = height / (yScale.max! - yScale.min!);
    const bottom = top + height;
    const stroke = new Path2D();
    const fill = area ? new Path2D() : null;
    let start = -1;
    let x = 0;
    for (let i = from; i <= to + 1; i++) {
      const value = i <= to ? upper[i]! : NaN;
      if (value === value) {
        x = originX + xs[i]! * perX;
        const y = bottom - value * perY;
        const foot = lower === undefined ? y : bottom - lower[i]! * perY;
        if (start < 0) {
          start = i;
          stroke.moveTo(x, foot);
          fill?.moveTo(x, bottom);
        } else {
          stroke.lineTo(x, foot);
        }

        if (foot !== y) stroke.lineTo(x, y);
        fill?.lineTo(x, y);
      } else if (start >= 0) {
        if (start === i - 1) stroke.lineTo(x + 1, bottom - upper[start]! * perY);
        fill?.lineTo(x, bottom);
        fill?.closePath();
        start = -1;
      }
    }

    return { stroke, fill, clip: null, band: null, flags: 1 };
  };
}

/** Writes each line's name at its end, so that colour is not what tells them apart. */
export function paintEnds(u: uPlot, palette: Palette, ends: readonly { readonly name: string; readonly value: number }[]): void {
  const { ctx } = u;
  const ratio = devicePixelRatio;
  const lineHeight = 12 * ratio;
  const placed = ends
    .map((end, index) => ({ ...end, color: palette.series[index % palette.series.length]!, y: u.valToPos(end.value, 'y', true) }))
    .filter(end => Number.isFinite(end.y))
    .sort((a, b) => a.y - b.y);
  for (let i = 1; i < placed.length; i++) placed[i]!.y = Math.max(placed[i]!.y, placed[i - 1]!.y + lineHeight);
  const overflow = placed.length === 0 ? 0 : Math.max(0, placed.at(-1)!.y - (u.bbox.top + u.bbox.height));
  ctx.save();
  ctx.font = `500 ${11 * ratio}px ${palette.font}`;
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'left';
  for (const { name, color, y } of placed) {
    ctx.fillStyle = color;
    ctx.fillText(name, u.bbox.left + u.bbox.width + 6 * ratio, y - overflow);
  }

  ctx.restore();
}

/** A dashed line at each limit, with its value; at the top edge if it lies above the scale. */
export function paintLimits(u: uPlot, palette: Palette, limits: readonly { readonly value: number; readonly label: string }[]): void {
  const { ctx } = u;
  const ratio = devicePixelRatio;
  const { left, top, width } = u.bbox;
  ctx.save();
  ctx.font = `500 ${10.5 * ratio}px ${palette.font}`;
  ctx.textAlign = 'right';
  ctx.fillStyle = ctx.strokeStyle = palette.bad;
  ctx.lineWidth = ratio;
  limits.forEach(({ value, label }, index) => {
    const within = value <= u.scales['y']!.max!;
    const y = within ? Math.round(u.valToPos(value, 'y', true)) : top;
    if (within) {
      ctx.setLineDash([5 * ratio, 4 * ratio]);
      ctx.beginPath();
      ctx.moveTo(left, y);
      ctx.lineTo(left + width, y);
      ctx.stroke();
    }

    ctx.textBaseline = within && y - top > 14 * ratio ? 'bottom' : 'top';
    const offset = ctx.textBaseline === 'bottom' ? -2 : 3;
    ctx.fillText(within ? label : `${label} ↑`, left + width - 4 * ratio, y + offset * ratio + (within ? 0 : index * 12 * ratio));
  });
  ctx.restore();
}

/** A thin line down from each mark. */
export function paintMarks(u: uPlot, palette: Palette, xs: readonly number[]): void {
  const { ctx } = u;
  const ratio = devicePixelRatio;
  const { left, top, height } = u.bbox;
  ctx.save();
  ctx.strokeStyle = palette.muted;
  ctx.globalAlpha = 0.7;
  ctx.lineWidth = ratio;
  ctx.setLineDash([2 * ratio, 3 * ratio]);
  ctx.beginPath();
  for (const x of xs) {
    const at = Math.round(left + x * ratio) + 0.5;
    ctx.moveTo(at, top);
    ctx.lineTo(at, top + height);
  }

  ctx.stroke();
  ctx.restore();
}
