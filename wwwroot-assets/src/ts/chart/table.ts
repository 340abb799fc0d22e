import { writeTime } from '../format';
import { hub } from '../live/hub';
import { writeSign, type SignKey } from '../live/wire';
import { currentZone } from '../shell/zone';
import type { Traces } from './traces';

const mostRows = 12;

/** A dozen rows over the window, newest first, for whoever reads rather than looks: the highest value of each stretch. */
export function writeRows(keys: readonly SignKey[], traces: Traces): string[][] {
  const stride = Math.ceil(traces.count / mostRows);
  const rows: string[][] = [];
  for (let end = traces.count; end > 0; end -= stride) {
    const begin = Math.max(0, end - stride);
    const highest = keys.map(() => NaN);
    for (let i = begin; i < end; i++) {
      traces.valuesAt(i).forEach((value, key) => {
        if (!(highest[key]! >= value) && !Number.isNaN(value)) highest[key] = value;
      });
    }

    rows.push([
      writeTime(traces.secondAt(begin) * 1000, currentZone(), hub.now()),
      ...keys.map((key, index) => (Number.isNaN(highest[index]!) ? 'no evidence' : writeSign(key, highest[index]))),
    ]);
  }

  return rows;
}
