/** The scale of the values. Pure. */

/** The next of 1, 2, 2.5, 5, 10 × 10ⁿ that is not below a value. */
export function niceTop(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  for (const factor of [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10]) {
    if (factor * power >= value * (1 - 1e-9)) return factor * power;
  }

  return 10 * power;
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
