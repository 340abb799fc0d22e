import { cluster } from './cluster';
import { spread } from './ends';
import type { Limit } from './settings';

/** The words of limits and where their middle stands, in pixels from the top of the plot. Pure. */
export interface LimitWords {
  readonly y: number;
  readonly text: string;
}

/**
 * Above each line its words, or one list for lines too near to each other to be told apart; those above the scale are told together at the top.
 * `heightOf` is negative for a limit above the scale.
 */
export function limitWords(limits: readonly Limit[], heightOf: (limit: Limit) => number, lineHeight: number): LimitWords[] {
  const placed = limits.map(limit => ({ x: heightOf(limit), item: limit })).sort((a, b) => a.x - b.x);
  const above = placed.filter(({ x }) => x < 0).map(({ item }) => item);
  const words = [
    ...(above.length === 0 ? [] : [{ y: 0, text: `↑ ${write(above)}` }]),
    ...cluster(placed.filter(({ x }) => x >= 0), lineHeight).map(({ x, items }) => ({ y: x - lineHeight / 2 - 1, text: write(items) })),
  ];
  const highest = lineHeight / 2 + 2;
  const heights = spread(words.map(({ y }) => Math.max(y, highest)), lineHeight, Infinity);
  return words.map(({ text }, index) => ({ text, y: heights[index]! }));
}

const write = (limits: readonly Limit[]): string =>
  limits.length === 1 ? limits[0]!.label : `limits ${limits.toSorted((a, b) => a.value - b.value).map(limit => limit.short).join(', ')}`;
