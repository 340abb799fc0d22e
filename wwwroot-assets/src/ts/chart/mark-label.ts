import type { TimelineEntry } from '../live/wire';

/** How events are written on a chart. Pure. */
export interface MarkLabel {
  /** The most telling family among them; it gives the mark its colour. */
  readonly family: string;
  readonly text: string;
  readonly name: string;
  /** The page that lists them all. */
  readonly href: string;
}

/** Most telling first. */
const glyphs: Readonly<Record<string, string>> = { lever: '■', run: '▶', lost: '✕', back: '✓', flag: '⚑', console: '○' };

/** `flag.flipped-off` → flag flipped off. */
export const writeKind = (kind: string): string => kind.replace(/[.-]/g, ' ');

/** What gives an event its colour: what it is about; of health, whether it was lost or is back. */
export const familyOf = (kind: string): string => (kind.startsWith('health.') ? kind.slice(7) : kind.split('.')[0]!);

/** The label of events that stand together, oldest first. */
export function labelOf(entries: readonly TimelineEntry[]): MarkLabel {
  const counts = new Map<string, number>();
  for (const { kind } of entries) counts.set(familyOf(kind), (counts.get(familyOf(kind)) ?? 0) + 1);
  const family = Object.keys(glyphs).find(name => counts.has(name)) ?? familyOf(entries[0]!.kind);
  const glyph = glyphs[family] ?? '•';
  const from = Date.parse(entries[0]!.at);
  const to = Date.parse(entries.at(-1)!.at) + 1_000;
  return {
    family,
    text: entries.length > 1 ? `${glyph} ${entries.length}` : glyph,
    name: entries.length > 1 ? `${entries.length} events: ${[...counts].map(([name, count]) => `${count} ${name}`).join(', ')}` : writeKind(entries[0]!.kind),
    href: `/timeline?from=${encodeURIComponent(new Date(from).toISOString())}&to=${encodeURIComponent(new Date(to).toISOString())}`,
  };
}
