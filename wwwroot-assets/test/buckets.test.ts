import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Buckets, bridgeSingles, stepFor } from '../src/ts/live/buckets';
import type { Frame, HistoryAnswer } from '../src/ts/live/wire';

const t0 = Date.parse('2026-01-01T12:00:00.500Z');

function frame(sequence: number, atMs: number, errorRate: number | null, freshness: Frame['freshness'] = 'Fresh'): Frame {
  return {
    sequence, at: new Date(atMs).toISOString(), service: 's', environment: 'e', freshness, ageSeconds: 0, instances: 1,
    errorRate, latencyMean: null, latencyP50: null, latencyP95: null, latencyP99: null, throughput: null, cpuUtilization: null, activeConnections: null,
  };
}

function read(buckets: Buckets, bound: 'min' | 'max', count: number): number[] {
  const into = new Float32Array(count);
  buckets.read('errorRate', bound, buckets.newest - count + 1, count, into);
  return [...into];
}

test('a bucket is no wider than a pixel, and no window asks for more points than the history answers', () => {
  for (const window of [60, 300, 900, 3600, 7999, 21_600, 59_999, 86_400]) {
    for (const pixels of [390, 700, 960, 1920, 3840, 7680]) {
      const step = stepFor(window, pixels);
      assert.ok(Number.isInteger(step) && step <= Math.max(1, window / pixels, Math.ceil(window / 4900)));
      assert.ok(window / step + 1 <= 5000);
    }
  }

  assert.equal(stepFor(900, 960), 1);
  assert.equal(stepFor(3600, 960), 3);
  assert.equal(stepFor(86_400, 960), 90);
});

test('history in wider buckets than asked for leaves no gaps', () => {
  const buckets = new Buckets(600, 10);
  const minutes = [{ min: 1, max: 4 }, { min: null, max: null }, { min: 2, max: 8 }];
  const series = { min: minutes.map(minute => minute.min), max: minutes.map(minute => minute.max), mean: [] };
  const from = Math.floor(t0 / 60_000) * 60;
  buckets.load({ service: 's', from, to: 0, stepSeconds: 60, points: 3, series: { errorRate: series } } as unknown as HistoryAnswer);
  assert.deepEqual(read(buckets, 'max', 18), [...Array(6).fill(4), ...Array(6).fill(NaN), ...Array(6).fill(8)]);
  assert.deepEqual(read(buckets, 'min', 18), [...Array(6).fill(1), ...Array(6).fill(NaN), ...Array(6).fill(2)]);
});

test('a peak of one second survives in a bucket of many', () => {
  const buckets = new Buckets(3600, 10);
  for (let i = 0; i < 100; i++) buckets.add(frame(i + 1, t0 + i * 1000, i === 42 ? 97 : 1));
  const count = Math.ceil(100 / buckets.step) + 1;
  assert.equal(Math.max(...read(buckets, 'max', count).filter(v => !Number.isNaN(v))), 97);
  assert.equal(Math.min(...read(buckets, 'min', count).filter(v => !Number.isNaN(v))), 1);
});

test('seconds without evidence are a gap and not zero', () => {
  const buckets = new Buckets(60, 1);
  buckets.add(frame(1, t0, 1));
  buckets.add(frame(2, t0 + 1000, 5, 'Stale'));
  buckets.add(frame(3, t0 + 2000, null));
  buckets.add(frame(4, t0 + 3000, 2));
  assert.deepEqual(read(buckets, 'max', 4), [1, NaN, NaN, 2]);
});

test('frames stay one second apart when their clock jitters over the edge of a second', () => {
  const buckets = new Buckets(60, 1);
  const jitter = [0, 499, -1, 499, 0, 498];
  jitter.forEach((ms, i) => buckets.add(frame(i + 1, t0 + i * 1000 + ms, i + 1)));
  assert.deepEqual(read(buckets, 'max', 6), [1, 2, 3, 4, 5, 6]);
});

test('a long silence is a gap as long as the silence, though the numbers go on', () => {
  const buckets = new Buckets(60, 1);
  buckets.add(frame(1, t0, 1));
  buckets.add(frame(2, t0 + 10_000, 2));
  const values = read(buckets, 'max', 11);
  assert.equal(values[0], 1);
  assert.equal(values[10], 2);
  assert.ok(values.slice(1, 10).every(Number.isNaN));
});

test('history and frames meet in any order', () => {
  const series = { min: [1, null, 3], max: [1, null, 9], mean: [1, null, 5] };
  const history = { service: 's', from: new Date(t0 - 500).toISOString(), to: '', stepSeconds: 1, points: 3, series: { errorRate: series } } as unknown as HistoryAnswer;
  const before = new Buckets(60, 1);
  before.load(history);
  before.add(frame(7, t0 + 3000, 4));
  const after = new Buckets(60, 1);
  after.add(frame(7, t0 + 3000, 4));
  after.load(history);
  assert.deepEqual(read(before, 'max', 4), read(after, 'max', 4));
  assert.equal(read(after, 'max', 4)[2], 9);
});

test('what is older than the window is forgotten when its place is needed', () => {
  const buckets = new Buckets(60, 1);
  for (let i = 0; i < 1000; i++) buckets.add(frame(i + 1, t0 + i * 1000, i));
  assert.deepEqual(read(buckets, 'max', 3), [997, 998, 999]);
  const old = new Float32Array(1);
  buckets.read('errorRate', 'max', buckets.newest - 900, 1, old);
  assert.ok(Number.isNaN(old[0]!));
});

test('one missing second is bridged, two are a gap', () => {
  const values = new Float32Array([1, NaN, 3, NaN, NaN, 6]);
  bridgeSingles(values, values.length);
  assert.deepEqual([...values], [1, 1, 3, NaN, NaN, 6]);
});

test('evidence of a source that reports once a minute is read from the history, not drawn at the seconds of the looks', () => {
  const buckets = new Buckets(300, 1);
  const asked: number[] = [];
  // The period that ended at second 0 is told from second 6 on, the next one from second 66 on.
  for (let second = 6; second < 120; second++) {
    const age = second < 66 ? second : second - 60;
    const at = frame(second, t0 - 500 + second * 1000, second < 66 ? 1 : 2);
    if (buckets.add({ ...at, ageSeconds: age })) asked.push(second);
  }

  assert.deepEqual(asked, [10, 66]);
  assert.deepEqual(read(buckets, 'max', 110).filter(value => !Number.isNaN(value)), []);
});

test('a page that is opened in the middle of a long period draws nothing at the looks from the first frame on', () => {
  const buckets = new Buckets(300, 1);
  assert.equal(buckets.add({ ...frame(1, t0, 1), ageSeconds: 40 }), true);
  assert.equal(buckets.add({ ...frame(2, t0 + 1000, 1), ageSeconds: 41 }), false);
  assert.deepEqual(read(buckets, 'max', 2), [NaN, NaN]);
});

test('a source that reports every second is drawn at the looks however late its evidence is, also after it reported by periods', () => {
  const buckets = new Buckets(300, 1);
  for (let i = 0; i < 20; i++) assert.equal(buckets.add({ ...frame(i + 1, t0 + i * 1000, 1), ageSeconds: 7 }), false);
  assert.deepEqual(read(buckets, 'max', 3), [1, 1, 1]);

  for (let i = 20; i < 40; i++) buckets.add({ ...frame(i + 1, t0 + i * 1000, 1), ageSeconds: i - 13 });
  const back = [40, 41, 42, 43].map(i => buckets.add({ ...frame(i + 1, t0 + i * 1000, 3), ageSeconds: 1 }));
  assert.deepEqual(back, [true, false, false, false]);
  assert.deepEqual(read(buckets, 'max', 3), [3, 3, 3]);
});
