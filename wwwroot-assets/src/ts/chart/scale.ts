/** The scale of the values. Pure. */

const tops = [1, 1.5, 2, 3, 4, 5, 6, 8, 10];
/** Round steps; the second row where none of the first fits. */
const intervals = [[1, 2, 2.5, 5], [3, 4]];

/** The next round number, one that can be cut into two or three round parts, that is not below a value. */
export function niceTop(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = tops.find(top => top * power >= value * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** The values that are written along the scale: from 0 to its top, in at most so many equal round steps. */
export function splitsOf(top: number, most: number): number[] {
  const power = 10 ** (Math.floor(Math.log10(top)) - 1);
  for (const row of intervals) {
    for (const interval of [...row, ...row.map(interval => interval * 10)]) {
      const parts = top / (interval * power);
      const whole = Math.round(parts);
      if (whole > 1 && whole <= most && Math.abs(parts - whole) < 1e-9) {
        return Array.from({ length: whole + 1 }, (_, i) => +((top * i) / whole).toPrecision(12));
      }
    }
  }

  return [0, top];
}

/** The top of the scale: room above the largest value; a limit is included once the values come near it. */
export function topFor(largest: number, limits: readonly number[], floor: number, previous: number): number {
  let needed = Math.max(largest * 1.08, floor);
  for (const limit of limits) {
    if (largest > limit * 0.3) needed = Math.max(needed, limit * 1.12);
  }

  const top = niceTop(needed);
  // It grows at once and shrinks only when there is much room, so that it does not jump about.
  return top > previous || needed < previous * 0.6 ? top : previous;
}

export const largestOf = (values: Float32Array, count: number): number => {
  let largest = 0;
  for (let i = 0; i < count; i++) {
    if (values[i]! > largest) largest = values[i]!;
  }

  return largest;
};
