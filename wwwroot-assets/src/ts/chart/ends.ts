/** Where the names at the ends of lines stand. Pure. */

/** Heights in pixels, moved apart until no two are nearer than `gap` and all lie in [0, height]; NaN where there is no line. */
export function spread(wanted: readonly number[], gap: number, height: number): number[] {
  const order = wanted.map((_, index) => index).filter(index => !Number.isNaN(wanted[index]!)).sort((a, b) => wanted[a]! - wanted[b]!);
  const placed = wanted.map(y => Math.min(Math.max(y, 0), height));
  for (let i = 1; i < order.length; i++) placed[order[i]!] = Math.max(placed[order[i]!]!, placed[order[i - 1]!]! + gap);
  let limit = height;
  for (const index of order.reverse()) {
    placed[index] = Math.min(placed[index]!, limit);
    limit = placed[index]! - gap;
  }

  return placed;
}

/** Heights stay where they are until one of them is more than `tolerance` off, so that a name can be read while its line trembles. */
export function settle(before: readonly number[], wanted: readonly number[], tolerance: number): readonly number[] {
  const still = before.length === wanted.length
    && wanted.every((y, index) => Object.is(y, before[index]) || Math.abs(y - before[index]!) <= tolerance);
  return still ? before : wanted;
}
