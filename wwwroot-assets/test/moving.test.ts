import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bucketsOf, columnsUpTo, fold, join, reachOf, type Columns, type Reach } from '../src/ts/chart/columns';
import { MovingPicture, type ColumnSurface } from '../src/ts/chart/moving';
import { topFor } from '../src/ts/chart/scale';
import { Buckets, stepFor } from '../src/ts/live/buckets';
import type { Frame, SignKey } from '../src/ts/live/wire';

const keys: readonly SignKey[] = ['latencyP50', 'latencyP95', 'errorRate'];
const t0 = Date.parse('2026-03-01T10:00:00.400Z');

/** A canvas that remembers what was drawn in each column. */
class Paper implements ColumnSurface {
  columns: string[][];
  drawn = 0;

  constructor(readonly count: number) {
    this.columns = Array.from({ length: count }, () => []);
  }

  shift(by: number): void {
    this.columns = [...this.columns.slice(by), ...Array.from({ length: by }, () => [])];
  }

  clear(first: number, count: number): void {
    for (let i = first; i < first + count; i++) this.columns[i] = [];
  }

  draw(trace: number, { low, high }: Reach, first: number, count: number, top: number): void {
    for (let i = first; i < first + count; i++) {
      this.drawn++;
      if (!Number.isNaN(high[i]!)) this.columns[i]!.push(`${trace}:${low[i]}–${high[i]}/${top}`);
    }
  }
}

/** A chart's traces without a screen: what it does each time it is drawn. */
class Chart {
  readonly paper: Paper;
  readonly #picture: MovingPicture;
  readonly #seconds: number;
  #top = 0;

  constructor(readonly window: number, readonly count: number) {
    this.paper = new Paper(count);
    this.#picture = new MovingPicture(keys.length, count);
    this.#seconds = window / count;
  }

  draw(buckets: Buckets, second: number, top?: number): number {
    const columns = columnsUpTo(second, this.#seconds, this.count);
    const bars = keys.map(key => barsOf(buckets, key, columns));
    const largest = Math.max(0, ...bars.flatMap(bar => [...bar.high].filter(value => !Number.isNaN(value))));
    this.#top = top ?? topFor(largest, [], 20, this.#top);
    this.#picture.show(this.paper, columns, bars, this.#top);
    return this.#top;
  }
}

function barsOf(buckets: Buckets, key: SignKey, columns: Columns): Reach {
  const { first, count } = bucketsOf(columns, buckets.step);
  const read = reachOf(count);
  buckets.read(key, 'min', first, count, read.low);
  buckets.read(key, 'max', first, count, read.high);
  const reach = reachOf(columns.count);
  fold(read, count, first, buckets.step, columns, reach);
  const bars = reachOf(columns.count);
  join(reach, columns.count, bars);
  return bars;
}

function frame(sequence: number, p50: number, p95: number, errorRate: number | null, freshness: Frame['freshness'] = 'Fresh'): Frame {
  return {
    sequence, at: new Date(t0 + sequence * 1000).toISOString(), service: 's', environment: 'e', freshness, ageSeconds: 0, periodSeconds: 1, instances: 1, errorRate,
    latencyMean: null, latencyP50: p50, latencyP95: p95, latencyP99: null, throughput: null, cpuUtilization: null, activeConnections: null,
  };
}

/** Numbers that look random and are the same in every run. */
function randomFrom(seed: number): () => number {
  let state = seed * 2_654_435_761;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const secondOf = (sequence: number): number => Math.floor(t0 / 1000) + sequence;

test('the picture that moved is the picture drawn afresh, through gaps, late frames, jumps and changes of the scale', () => {
  const windows = [{ window: 900, pixels: 341 }, { window: 3600, pixels: 542 }, { window: 21_600, pixels: 700 }, { window: 1234, pixels: 317 }];
  windows.forEach(({ window, pixels }, round) => {
    const random = randomFrom(round + 1);
    const buckets = new Buckets(window, stepFor(window, 960));
    const moved = new Chart(window, pixels);
    const late: Frame[] = [];
    let moves = 0;
    for (let sequence = 1; sequence < 1500; sequence += random() < 0.004 ? Math.ceil(random() * 400) : 1) {
      const peak = random() < 0.01 ? 900 * random() : 0;
      const next = frame(sequence, 30 + 10 * random(), 80 + 40 * random() + peak, random() < 0.1 ? null : random(), random() < 0.05 ? 'Stale' : 'Fresh');
      if (random() < 0.05) late.push(next);
      else buckets.add(next);
      while (late.length > 0 && random() < 0.1) buckets.add(late.shift()!);
      if (random() < 0.2) continue;
      const top = moved.draw(buckets, secondOf(sequence));
      const afresh = new Chart(window, pixels);
      afresh.draw(buckets, secondOf(sequence), top);
      assert.deepEqual(moved.paper.columns, afresh.paper.columns);
      moves++;
    }

    assert.ok(moves > 300);
  });
});

test('a second draws one or two columns, not the picture', () => {
  const buckets = new Buckets(3600, 5);
  const random = randomFrom(9);
  const chart = new Chart(3600, 540);
  for (let sequence = 1; sequence <= 3700; sequence++) buckets.add(frame(sequence, 30 + random(), 80 + random(), 1));
  chart.draw(buckets, secondOf(3700));
  for (let sequence = 3701; sequence <= 4000; sequence++) {
    buckets.add(frame(sequence, 30 + random(), 80 + random(), 1));
    chart.paper.drawn = 0;
    chart.draw(buckets, secondOf(sequence));
    assert.ok(chart.paper.drawn <= 2 * keys.length);
  }
});

test('nothing is drawn when nothing has changed', () => {
  const buckets = new Buckets(3600, 5);
  const chart = new Chart(3600, 540);
  buckets.add(frame(1, 30, 80, 1));
  chart.draw(buckets, secondOf(1));
  chart.paper.drawn = 0;
  chart.draw(buckets, secondOf(1));
  assert.equal(chart.paper.drawn, 0);
});

test('another scale draws everything anew', () => {
  const buckets = new Buckets(3600, 5);
  const chart = new Chart(3600, 540);
  for (let sequence = 1; sequence <= 3000; sequence++) buckets.add(frame(sequence, 30, 80, 1));
  chart.draw(buckets, secondOf(3000), 100);
  chart.draw(buckets, secondOf(3000), 200);
  assert.ok(chart.paper.columns.flat().every(bar => bar.endsWith('/200')));
});

test('every peak of a day is on the picture, in the one column of its time', () => {
  const random = randomFrom(3);
  const window = 86_400;
  const pixels = 541;
  const buckets = new Buckets(window, stepFor(window, 960));
  const peaks = new Set(Array.from({ length: 40 }, () => Math.floor(random() * 86_000) + 300));
  for (let sequence = 1; sequence <= window; sequence++) buckets.add(frame(sequence, 30, peaks.has(sequence) ? 5000 + sequence : 80, 1));
  const columns = columnsUpTo(secondOf(window), window / pixels, pixels);
  const { high } = barsOf(buckets, 'latencyP95', columns);
  for (const peak of peaks) {
    const index = Math.floor((Math.floor(secondOf(peak) / buckets.step) * buckets.step) / columns.seconds) - columns.newest + pixels - 1;
    assert.ok(high[index]! >= 5000 + peak);
  }

  assert.ok(high.filter(value => value > 80).length <= peaks.size * 2);
});
