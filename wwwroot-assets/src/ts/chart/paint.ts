import type uPlot from 'uplot';
import { timeParts } from '../format';
import { currentZone } from '../shell/zone';
import { limitWords } from './limit-words';
import type { Limit } from './settings';

/** What a canvas needs of the design system, read once a theme. */
export interface Palette {
  readonly series: readonly string[];
  readonly grid: string;
  readonly muted: string;
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
    bad: value('--bad'),
    panel: value('--panel'),
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

const limitTextHeight = 13;

/** A dashed line at each limit, with its words at the old end, where they hide least; limits above the scale are told at the top. */
export function paintLimits(u: uPlot, palette: Palette, limits: readonly Limit[]): void {
  const { ctx } = u;
  const ratio = devicePixelRatio;
  const { left, top, width } = u.bbox;
  const heightOf = ({ value }: Limit): number => (u.valToPos(value, 'y', true) - top) / ratio;
  ctx.save();
  ctx.strokeStyle = palette.bad;
  ctx.lineWidth = ratio;
  ctx.setLineDash([5 * ratio, 4 * ratio]);
  for (const limit of limits) {
    const y = Math.round(top + heightOf(limit) * ratio) + 0.5;
    if (y <= top) continue;
    ctx.beginPath();
    ctx.moveTo(left, y);
    ctx.lineTo(left + width, y);
    ctx.stroke();
  }

  ctx.font = `500 ${10.5 * ratio}px ${palette.font}`;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  ctx.setLineDash([]);
  ctx.lineJoin = 'round';
  ctx.lineWidth = 4 * ratio;
  ctx.strokeStyle = palette.panel;
  ctx.fillStyle = palette.bad;
  for (const { y, text } of limitWords(limits, heightOf, limitTextHeight)) {
    ctx.strokeText(text, left + 6 * ratio, top + y * ratio);
    ctx.fillText(text, left + 6 * ratio, top + y * ratio);
  }

  ctx.restore();
}

/** A thin line down from each group of events, and a notch at the top for every single one. */
export function paintMarks(u: uPlot, palette: Palette, groups: readonly number[], events: readonly number[]): void {
  const { ctx } = u;
  const ratio = devicePixelRatio;
  const { left, top, height } = u.bbox;
  const upright = (xs: readonly number[], length: number): void => {
    ctx.beginPath();
    for (const x of xs) {
      const at = Math.round(left + x * ratio) + 0.5;
      ctx.moveTo(at, top);
      ctx.lineTo(at, top + length);
    }

    ctx.stroke();
  };

  ctx.save();
  ctx.strokeStyle = palette.muted;
  ctx.lineWidth = ratio;
  upright(events, 4 * ratio);
  ctx.globalAlpha = 0.7;
  ctx.setLineDash([2 * ratio, 3 * ratio]);
  upright(groups, height);
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
  ctx.textAlign = 'right';
  ctx.textBaseline = 'top';
  ctx.fillText(zone === 'Z' ? 'UTC' : zone.replace('UTC', '').trim(), u.bbox.left - 6 * ratio, u.bbox.top + u.bbox.height + 8 * ratio);
  ctx.restore();
}
