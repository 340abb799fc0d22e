import uPlot from 'uplot';
import { timeParts } from '../format';
import { currentZone } from '../shell/zone';
import type { Palette } from './paint';
import { splitsOf } from './scale';

const timeSteps = [1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 14400, 21600, 43200, 86400];
/** Up to this window, times are written with their seconds. */
const secondsUpTo = 900;
/** The room above the plot in which the marks of events stand. */
const laneHeight = 24;
/** The least height between two values that are written along the scale. */
const valueSpace = 34;
const cursorGroup = 'opsconsole';

export interface PlotHooks {
  /** Draws on the canvas, above axes and traces. */
  readonly paint: (plot: uPlot) => void;
  readonly cursorMoved: (plot: uPlot) => void;
  readonly resized: () => void;
}

/** uPlot for axes, scales and the shared cursor; the traces lie on a canvas of their own below it. */
export function makePlot(host: HTMLElement, palette: Palette, windowSeconds: number, rightMargin: number, hooks: PlotHooks): uPlot {
  const { muted, grid, font } = palette;
  const line = { stroke: muted, font: `11px ${font}`, gap: 6, grid: { stroke: grid, width: 1 }, ticks: { show: false } };
  const asGiven: uPlot.Scale.Range = (_u, min, max) => [min ?? 0, max ?? 1];
  return new uPlot({
    width: Math.max(80, host.clientWidth),
    height: Math.max(80, host.clientHeight),
    legend: { show: false },
    padding: [laneHeight, rightMargin, 0, 0],
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: false, y: false },
      sync: { key: cursorGroup, setSeries: false, scales: ['x', null] },
    },
    scales: { x: { time: false, auto: false, range: asGiven }, y: { auto: false, range: asGiven } },
    axes: [
      {
        ...line, size: 26, incrs: timeSteps, space: windowSeconds <= secondsUpTo ? 84 : 62,
        values: (u, splits) => splits.map(at => (fits(u, at, windowSeconds, rightMargin) ? writeTick(at, windowSeconds) : '')),
      },
      {
        ...line, size: 46,
        splits: (u, _axis, _min, max) => splitsOf(max, u.bbox.height / devicePixelRatio / valueSpace),
        values: (_u, splits) => splits.map(value => `${+value.toPrecision(6)}`),
      },
    ],
    series: [{}],
    hooks: {
      draw: [hooks.paint],
      setCursor: [hooks.cursorMoved],
      setSize: [hooks.resized],
    },
  }, [[0, 1]], host);
}

/** Whether the words below a time neither reach into the zone's name on the left nor over the edge on the right. */
function fits(u: uPlot, at: number, windowSeconds: number, rightMargin: number): boolean {
  const half = windowSeconds <= secondsUpTo ? 26 : 17;
  const x = u.valToPos(at, 'x');
  return x >= half - 4 && x <= u.bbox.width / devicePixelRatio + rightMargin - half;
}

/** The time of day; in a long window, the day where it begins. */
function writeTick(at: number, windowSeconds: number): string {
  const { date, time } = timeParts(at * 1000, currentZone());
  if (windowSeconds <= secondsUpTo) return time;
  return time === '00:00:00' ? date.slice(5) : time.slice(0, 5);
}
