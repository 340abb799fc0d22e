import { isSign, signs, writeSign, type SignKey } from '../live/wire';

/** What the attributes of a chart ask for. Pure. */
export interface ChartSettings {
  readonly service: string;
  readonly keys: readonly SignKey[];
  readonly heading: string;
  /** The length of the window in seconds. */
  readonly window: number;
  /** The stretch of the past that is shown, in seconds; absent for a live chart. */
  readonly fixed: { readonly from: number; readonly to: number } | undefined;
  readonly limits: readonly Limit[];
  /** The run whose marks stand out. */
  readonly run: string | null;
}

export interface Limit {
  readonly value: number;
  /** The value with its unit. */
  readonly short: string;
  readonly label: string;
}

const shortestWindow = 60;
const longestWindow = 86_400;
const usualWindow = 300;

export function readSettings(attribute: (name: string) => string | null): ChartSettings {
  const keys = (attribute('signs') ?? '').split(',').map(key => key.trim()).filter(isSign);
  const from = Date.parse(attribute('from') ?? '') / 1000;
  const to = Date.parse(attribute('to') ?? '') / 1000;
  const fixed = from < to ? { from: Math.min(from, to - shortestWindow), to } : undefined;
  const given = Number(attribute('window'));
  return {
    service: attribute('service') ?? '',
    keys,
    heading: attribute('heading') ?? keys.map(key => signs[key].title).join(', '),
    window: fixed !== undefined ? fixed.to - fixed.from : given >= shortestWindow ? Math.min(given, longestWindow) : usualWindow,
    fixed,
    limits: readLimits(attribute('limits') ?? '', keys.length > 1),
    run: attribute('run'),
  };
}

/**
 * `latencyP95:500:sheds 2 flags,errorRate:5`: sign, value and, if it is known, what happens beyond it. Where a chart shows several signs, a limit
 * says which one it is for.
 */
function readLimits(text: string, named: boolean): Limit[] {
  return text.split(',').flatMap(limit => {
    const [key, number, does] = limit.split(':').map(part => part.trim());
    const value = Number(number);
    if (key === undefined || !isSign(key) || !(value > 0)) return [];
    const short = `${named ? `${signs[key].short} ` : ''}${writeSign(key, value)}`;
    return [{ value, short, label: does === undefined || does === '' ? `limit ${short}` : `${short} ${does}` }];
  });
}
