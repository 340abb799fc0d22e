/** What the hub and the API send. */
export const signKeys = [
  'errorRate', 'latencyMean', 'latencyP50', 'latencyP95', 'latencyP99', 'throughput', 'cpuUtilization', 'activeConnections',
] as const;

export type SignKey = (typeof signKeys)[number];

export type Freshness = 'Unknown' | 'Fresh' | 'Late' | 'Stale' | 'Failed';

export type Frame = { readonly [sign in SignKey]: number | null } & {
  readonly sequence: number;
  readonly at: string;
  readonly service: string;
  readonly environment: string;
  readonly freshness: Freshness;
  readonly ageSeconds: number | null;
  /** The figures stand for so many seconds before the evidence, which is `ageSeconds` older than `at`. */
  readonly periodSeconds: number;
  readonly instances: number;
};

export interface ConsoleStatus {
  readonly at: string;
  readonly flagsShed: number;
  readonly activeRuns: number;
  readonly leverEngaged: boolean;
  readonly leverActor: string;
  readonly leverReason: string;
  /** What keeps the store from doing all that it should; empty if nothing does. */
  readonly storeProblem: string;
  readonly timelineSequence: number;
}

export interface TimelineEntry {
  readonly sequence: number;
  readonly at: string;
  readonly actor: string;
  readonly kind: string;
  readonly subject: string;
  readonly reason: string;
  readonly data: Readonly<Record<string, string>>;
}

export interface WatchAnswer {
  readonly sequence: number;
  readonly at: string;
  readonly services: readonly Frame[];
  readonly status: ConsoleStatus;
}

export interface HistoryAnswer {
  readonly service: string;
  readonly from: string | number;
  readonly to: string | number;
  readonly stepSeconds: number;
  readonly points: number;
  readonly series: Readonly<Record<SignKey, Readonly<Record<'min' | 'max' | 'mean', readonly (number | null)[]>>>>;
}

export interface SignInfo {
  readonly title: string;
  readonly short: string;
  readonly unit: string;
  readonly decimals: number;
  /** The smallest top of a chart's scale, so that noise near zero does not fill the chart. */
  readonly floor: number;
}

export const signs: Readonly<Record<SignKey, SignInfo>> = {
  errorRate: { title: 'error rate', short: 'err', unit: '%', decimals: 1, floor: 2 },
  latencyMean: { title: 'mean latency', short: 'mean', unit: 'ms', decimals: 0, floor: 20 },
  latencyP50: { title: 'p50 latency', short: 'p50', unit: 'ms', decimals: 0, floor: 20 },
  latencyP95: { title: 'p95 latency', short: 'p95', unit: 'ms', decimals: 0, floor: 20 },
  latencyP99: { title: 'p99 latency', short: 'p99', unit: 'ms', decimals: 0, floor: 20 },
  throughput: { title: 'throughput', short: 'req/s', unit: 'req/s', decimals: 1, floor: 5 },
  cpuUtilization: { title: 'CPU', short: 'cpu', unit: '%', decimals: 0, floor: 10 },
  activeConnections: { title: 'connections', short: 'conn', unit: '', decimals: 0, floor: 6 },
};

export const isSign = (key: string): key is SignKey => (signKeys as readonly string[]).includes(key);

export function writeSign(key: SignKey, value: number | null | undefined): string {
  const { unit, decimals } = signs[key];
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  const number = value >= 100_000 ? `${(value / 1000).toFixed(0)}k` : value.toFixed(value >= 1000 ? 0 : decimals);
  return unit === '' ? number : `${number} ${unit}`;
}

export const isEvidence = (freshness: Freshness): boolean => freshness === 'Fresh' || freshness === 'Late';
