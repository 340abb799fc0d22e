import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cluster } from '../src/ts/chart/cluster';
import { niceTop, topFor } from '../src/ts/chart/scale';

test('marks that would overlap become one with all of them in it', () => {
  const groups = cluster([0, 5, 15, 16, 40, 200].map(x => ({ x, item: x })), 16);
  assert.deepEqual(groups, [{ x: 0, items: [0, 5, 15] }, { x: 16, items: [16] }, { x: 40, items: [40] }, { x: 200, items: [200] }]);
});

test('no mark is ever hidden and no two groups are nearer than the gap', () => {
  for (let round = 0; round < 200; round++) {
    const marks = Array.from({ length: round % 40 }, (_, i) => ({ x: ((i * 7919 * (round + 1)) % 9973) / 14, item: i })).sort((a, b) => a.x - b.x);
    const groups = cluster(marks, 16);
    assert.equal(groups.reduce((sum, group) => sum + group.items.length, 0), marks.length);
    for (let i = 1; i < groups.length; i++) assert.ok(groups[i]!.x - groups[i - 1]!.x >= 16);
  }
});

test('the top of a scale is a round number that is not below the largest value', () => {
  assert.deepEqual([0.7, 1, 12, 87, 499, 501].map(niceTop), [0.8, 1, 15, 100, 500, 600]);
});

test('a limit comes into view when the values come near it', () => {
  assert.equal(topFor(40, [500], 20, 0), 50);
  assert.equal(topFor(200, [500], 20, 0), 600);
});

test('the scale grows at once and does not shrink for a little room', () => {
  const grown = topFor(90, [], 20, 50);
  assert.equal(grown, 100);
  assert.equal(topFor(70, [], 20, grown), 100);
  assert.equal(topFor(30, [], 20, grown), 40);
});
