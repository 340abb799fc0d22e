import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settle, spread } from '../src/ts/chart/ends';
import { limitWords } from '../src/ts/chart/limit-words';

test('names that would overlap are moved apart, and stay within the plot', () => {
  assert.deepEqual(spread([10, 12, 60], 12, 100), [10, 22, 60]);
  assert.deepEqual(spread([99, 98, 100], 12, 100), [88, 76, 100]);
  assert.deepEqual(spread([-5, 120], 12, 100), [0, 100]);
});

test('a line without evidence has no name, and takes no room', () => {
  const [first, none, last] = spread([50, NaN, 51], 12, 100);
  assert.ok(Number.isNaN(none));
  assert.equal(first, 50);
  assert.equal(last, 62);
});

test('no two names are ever nearer than a line of text, in any order', () => {
  for (let round = 0; round < 500; round++) {
    const wanted = Array.from({ length: 5 }, (_, i) => ((round * 7919 + i * 104_729) % 997) / 8);
    const placed = spread(wanted, 12, 120).sort((a, b) => a - b);
    for (let i = 1; i < placed.length; i++) assert.ok(placed[i]! - placed[i - 1]! >= 12 - 1e-9);
    assert.ok(placed[0]! >= 0 && placed.at(-1)! <= 120);
  }
});

test('names stay where they are while their lines tremble, and follow when they move', () => {
  const before = [10, 40];
  assert.equal(settle(before, [12, 38], 4), before);
  assert.deepEqual(settle(before, [15, 40], 4), [15, 40]);
  assert.deepEqual(settle(before, [NaN, 40], 4), [NaN, 40]);
  const gone = [NaN, 40];
  assert.equal(settle(gone, [NaN, 41], 4), gone);
});

const limit = (value: number): { value: number; short: string; label: string } => ({ value, short: `${value} ms`, label: `${value} ms sheds a` });
const onScale = (top: number) => ({ value }: { value: number }): number => 100 * (1 - value / top);

test('the words of a limit stand above its line; lines too near to each other share theirs', () => {
  assert.deepEqual(limitWords([limit(500), limit(750)], onScale(1000), 12), [
    { y: 18, text: '750 ms sheds a' }, { y: 43, text: '500 ms sheds a' },
  ]);
  assert.deepEqual(limitWords([limit(1000), limit(500), limit(800)], onScale(10_000), 12), [{ y: 83, text: 'limits 500 ms, 800 ms, 1000 ms' }]);
});

test('limits above the scale are told together at the top, and no words lie on others', () => {
  assert.deepEqual(limitWords([limit(500), limit(300), limit(95)], onScale(100), 12), [
    { y: 8, text: '↑ limits 300 ms, 500 ms' }, { y: 20, text: '95 ms sheds a' },
  ]);
  assert.deepEqual(limitWords([], onScale(100), 12), []);
});
