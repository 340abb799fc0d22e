import type uPlot from 'uplot';
import { timeParts } from '../format';
import { currentZone } from '../shell/zone';
import type { Limit } from './settings';

/** What a canvas needs of the design system, read once a theme. */
export interface Palette {
  readonly series: readonly string[];
  readonly grid: string;
  readonly muted: string;
  readonly bad: string;
  readonly font: string;
}

export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const value = (name: string): string => style.getPropertyValue(name).trim();
  return {
    series: [1, 2, 3, 4, 5].map(n => value(`--series-${n}`)),
    grid: value('--grid'),
    muted: value('--muted'),
    bad: value('--bad'),
    font: value('--sans'),
  };
}

/** Writes each line's name at its end, so that colour is not what tells them apart; `heights` are pixels of the page, from the top of the plot. */
export function paintEnds(u: uPlot, palette: Palette, names: readonly string[], heights: readonly number[]): void {
  const { ctx } = u;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.font = `550 ${11 * ratio}px ${palette.font}`;
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'left';
  names.forEach((name, index) => {
    const height = heights[index];
    if (height === undefined || Number.isNaN(height)) return;
    ctx.fillStyle = palette.series[index % palette.series.length]!;
    ctx.fillText(name, u.bbox.left + u.bbox.width + 6 * ratio, u.bbox.top + height * ratio);
  });
  ctx.restore();
}

/** A dashed line at each limit, with its value; at the top edge if it lies above the scale. */
export function paintLimits(u: uPlot, palette: Palette, limits: readonly Limit[]): void {
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

/** Names the zone of the time axis, in the corner below the values. */
export function paintZone(u: uPlot, palette: Palette, atMs: number): void {
  const { ctx } = u;
  const ratio = devicePixelRatio;
  const { zone } = timeParts(atMs, currentZone());
  ctx.save();
  ctx.font = `${10 * ratio}px ${palette.font}`;
  ctx.fillStyle = palette.muted;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'top';
  ctx.fillText(zone === 'Z' ? 'UTC' : zone.replace('UTC', '').trim(), 8 * ratio, u.bbox.top + u.bbox.height + 7 * ratio);
  ctx.restore();
}
