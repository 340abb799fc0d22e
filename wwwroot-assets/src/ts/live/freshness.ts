import type { Freshness, Frame } from './wire';

/** How a service's figures stand, judged by the viewer's own clock too: a connection proves nothing, a frame that moves does. Pure. */
export interface Standing {
  readonly freshness: Freshness;
  /** Seconds since the newest evidence; absent if there never was any. */
  readonly age: number | undefined;
  /** What is wrong, in a few words; absent while all is well. */
  readonly word: string | undefined;
}

const lateAfter = 1.8;
const staleAfter = 3;

/** `silentFor` is the time in seconds since the newest frame of anything arrived here. */
export function judge(frame: Frame | undefined, silentFor: number): Standing {
  if (frame === undefined) {
    return silentFor > staleAfter && Number.isFinite(silentFor)
      ? { freshness: 'Stale', age: undefined, word: 'No frames' }
      : { freshness: 'Unknown', age: undefined, word: 'Never heard of' };
  }

  const age = frame.ageSeconds === null ? undefined : frame.ageSeconds + silentFor;
  if (frame.freshness === 'Failed') return { freshness: 'Failed', age, word: 'Source failed' };
  if (frame.freshness === 'Unknown') return { freshness: 'Unknown', age, word: 'Never heard of' };
  if (silentFor > staleAfter) return { freshness: 'Stale', age, word: 'Frozen: no frames' };
  if (frame.freshness === 'Stale') return { freshness: 'Stale', age, word: 'Stale' };
  return silentFor > lateAfter || frame.freshness === 'Late'
    ? { freshness: 'Late', age, word: 'Late' }
    : { freshness: 'Fresh', age, word: undefined };
}

export const toneOf: Readonly<Record<Freshness, 'ok' | 'warn' | 'bad' | 'off'>> = {
  Fresh: 'ok', Late: 'warn', Stale: 'bad', Failed: 'bad', Unknown: 'off',
};
