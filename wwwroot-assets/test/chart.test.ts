import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cluster } from '../src/ts/chart/cluster';
import { labelOf } from '../src/ts/chart/mark-label';
import { niceTop, splitsOf, topFor } from '../src/ts/chart/scale';
import type { TimelineEntry } from '../src/ts/live/wire';

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

test('a scale is cut into round parts that end at its top, and never into more than there is room for', () => {
  assert.deepEqual(splitsOf(80, 3.6), [0, 40, 80]);
  assert.deepEqual(splitsOf(2, 5), [0, 0.5, 1, 1.5, 2]);
  assert.deepEqual(splitsOf(1500, 4), [0, 500, 1000, 1500]);
  for (let value = 0.01; value < 1e6; value *= 1.37) {
    for (const most of [2, 3, 5, 8]) {
      const top = niceTop(value);
      const splits = splitsOf(top, most);
      assert.equal(splits[0], 0);
      assert.ok(Math.abs(splits.at(-1)! - top) < top * 1e-9);
      assert.ok(splits.length - 1 <= most);
      if (most >= 3) assert.ok(splits.length > 2);
    }
  }
});

const event = (sequence: number, kind: string, at: string): TimelineEntry => ({ sequence, kind, at, actor: 'ana', subject: 'run:1', reason: '', data: {} });

test('a mark is named by its event, and leads to it on the timeline', () => {
  const { family, text, name, href } = labelOf([event(1, 'flag.flipped-off', '2026-01-01T10:00:00Z')]);
  assert.deepEqual([family, text, name], ['flag', '⚑', 'flag flipped off']);
  assert.equal(href, '/timeline?from=2026-01-01T10%3A00%3A00.000Z&to=2026-01-01T10%3A00%3A01.000Z');
});

test('marks that stand together are counted, and take the colour of the most telling among them', () => {
  const label = labelOf([
    event(1, 'flag.shed', '2026-01-01T10:00:00Z'), event(2, 'run.started', '2026-01-01T10:00:01Z'), event(3, 'flag.restored', '2026-01-01T10:00:09Z'),
  ]);
  assert.deepEqual([label.family, label.text, label.name], ['run', '▶ 3', '3 events: 2 flag, 1 run']);
  assert.match(label.href, /from=2026-01-01T10%3A00%3A00.000Z&to=2026-01-01T10%3A00%3A10.000Z/);
});
