/** Marks that would overlap are drawn as one with a count; none is hidden. Pure. */
export interface Placed<T> {
  readonly x: number;
  readonly item: T;
}

export interface Cluster<T> {
  readonly x: number;
  readonly items: readonly T[];
}

/** Groups marks, sorted by x, so that no two groups are nearer than `gap`. A group stands where its first mark stands. */
export function cluster<T>(marks: readonly Placed<T>[], gap: number): Cluster<T>[] {
  const groups: { x: number; items: T[] }[] = [];
  for (const { x, item } of marks) {
    const last = groups.at(-1);
    if (last !== undefined && x - last.x < gap) last.items.push(item);
    else groups.push({ x, items: [item] });
  }

  return groups;
}
