import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bucketsOf, columnWidthFor, columnsUpTo, fold, join, reachOf, restOf, type Reach } from '../src/ts/chart/columns';
import { stepFor } from '../src/ts/live/buckets';

const reach = (low: number[], high = low): Reach => ({ low: new Float32Array(low), high: new Float32Array(high) });

function joined(low: number[], high = low): { low: number[]; high: number[] } {
  const into = reachOf(low.length);
  join(reach(low, high), low.length, into);
  return { low: [...into.low], high: [...into.high] };
}

test('a column is the same stretch of time however far the window has moved', () => {
  const before = columnsUpTo(1_800_000_000, 6.65, 541);
  const after = columnsUpTo(1_800_000_133, 6.65, 541);
  assert.equal(after.newest - before.newest, 20);
  assert.equal(before.newest, Math.floor(1_800_000_000 / 6.65));
});

test('a second wider than a pixel is drawn as lines, a narrower one as columns of one pixel of the page', () => {
  assert.equal(columnWidthFor(300, 1, 540, 1), undefined);
  assert.equal(columnWidthFor(300, 1, 1080, 2), undefined);
  assert.equal(columnWidthFor(3600, 6, 540, 1), 1);
  assert.equal(columnWidthFor(3600, 6, 1080, 2), 2);
  assert.equal(columnWidthFor(3600, 6, 810, 1.5), 2);
});

test('a column is never narrower than a bucket, on any screen', () => {
  for (const window of [60, 300, 900, 3600, 7999, 21_600, 59_999, 86_400]) {
    for (const pixels of [180, 340, 541, 1300, 3840, 9000]) {
      for (const ratio of [1, 1.25, 1.5, 2, 3]) {
        const step = stepFor(window, Math.ceil(pixels / 480) * 480);
        const columnWidth = columnWidthFor(window, step, pixels * ratio, ratio);
        if (columnWidth !== undefined) assert.ok((window * columnWidth) / (pixels * ratio) >= step);
      }
    }
  }
});

test('no column is without a bucket when buckets are no wider than columns', () => {
  for (const [seconds, step] of [[6.67, 6], [1.67, 1], [1, 1], [160.1, 120], [2, 2]] as const) {
    const columns = columnsUpTo(1_800_000_000, seconds, 500);
    const { first, count } = bucketsOf(columns, step);
    const into = reachOf(500);
    fold({ low: new Float32Array(count).fill(1), high: new Float32Array(count).fill(2) }, count, first, step, columns, into);
    assert.ok(into.low.every(value => value === 1) && into.high.every(value => value === 2));
  }
});

test('a column reaches from the smallest to the largest value in it, and what has no evidence is a gap', () => {
  const columns = columnsUpTo(11, 4, 3);
  const into = reachOf(3);
  fold(reach([5, 1, 3, 2, NaN, NaN, NaN, NaN, 7, NaN, 9, NaN]), 12, 0, 1, columns, into);
  assert.deepEqual([...into.low], [1, NaN, 7]);
  assert.deepEqual([...into.high], [5, NaN, 9]);
});

test('a bucket outside the columns is left out', () => {
  const into = reachOf(2);
  fold(reach([9, 1, 2, 9]), 4, 9, 1, columnsUpTo(11, 1, 2), into);
  assert.deepEqual([...into.high], [1, 2]);
});

test('a column reaches to its left neighbour, up or down, and not over a gap', () => {
  assert.deepEqual(joined([1, 5, 2]), { low: [1, 1, 2], high: [1, 5, 5] });
  assert.deepEqual(joined([1, NaN, 5]), { low: [1, NaN, 5], high: [1, NaN, 5] });
  assert.deepEqual(joined([1, 2], [4, 3]), { low: [1, 2], high: [4, 3] });
});

test('a line rests in the middle of its last columns, over gaps', () => {
  assert.equal(restOf(reach([100, 100, 10, 20, NaN, NaN], [100, 100, 30, 40, NaN, NaN]), 6, 2), 25);
  assert.ok(Number.isNaN(restOf(reach([NaN, NaN]), 2)));
});
