import { writeLength } from '../format';
import { judge } from '../live/freshness';
import type { Frame } from '../live/wire';

/** What a chart says about itself. Pure. */
export interface ChartStanding {
  readonly state: 'loading' | 'fresh' | 'empty' | 'past' | 'paused' | 'stale' | 'failed' | 'unknown';
  /** Over the chart: why it must not be read as the present. */
  readonly word: string | undefined;
  /** Beside the heading. */
  readonly note: string | undefined;
}

export interface ChartFacts {
  readonly history: 'loading' | 'ready' | 'failed';
  /** Whether a stretch of the past is shown. */
  readonly past: boolean;
  /** How many looks have come since the charts were paused; absent while they move. */
  readonly behind: number | undefined;
  readonly newest: Frame | undefined;
  /** Seconds since a frame of any service arrived. */
  readonly silentFor: number;
  /** Whether nothing is drawn. */
  readonly blank: boolean;
}

export function standingOf({ history, past, behind, newest, silentFor, blank }: ChartFacts): ChartStanding {
  const note = history === 'failed' ? 'History unavailable, trying again' : undefined;
  const word = blank && history === 'ready' ? 'No evidence in this window' : undefined;
  if (past) return { state: history === 'loading' ? 'loading' : word !== undefined ? 'empty' : 'past', word, note };
  if (behind !== undefined) return { state: 'paused', word, note: `❚❚ ${behind} behind` };
  const { freshness, age, word: trouble } = judge(newest, silentFor);
  if (freshness === 'Unknown' && history === 'loading') return { state: 'loading', word: undefined, note };
  if (freshness === 'Fresh' || freshness === 'Late') {
    return {
      state: history === 'loading' ? 'loading' : word !== undefined ? 'empty' : 'fresh',
      word,
      note: note ?? (freshness === 'Late' ? '! Late' : undefined),
    };
  }

  return {
    state: freshness === 'Stale' ? 'stale' : freshness === 'Failed' ? 'failed' : 'unknown',
    word: age === undefined ? trouble : `${trouble} · ${writeLength(age)} old`,
    note,
  };
}
