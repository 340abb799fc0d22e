import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSettings } from '../src/ts/chart/settings';

const read = (attributes: Record<string, string>): ReturnType<typeof readSettings> => readSettings(name => attributes[name] ?? null);

test('a chart without a window shows five minutes, and never more than a day', () => {
  assert.equal(read({}).window, 300);
  assert.equal(read({ window: '3600' }).window, 3600);
  assert.equal(read({ window: '10' }).window, 300);
  assert.equal(read({ window: '9999999' }).window, 86_400);
});

test('a stretch of the past is shown whole, and at least a minute of it', () => {
  const { fixed, window } = read({ from: '2026-01-01T10:00:00Z', to: '2026-01-01T10:07:30Z', window: '3600' });
  assert.equal(window, 450);
  assert.deepEqual(fixed, { from: Date.UTC(2026, 0, 1, 10) / 1000, to: Date.UTC(2026, 0, 1, 10, 7, 30) / 1000 });
  assert.equal(read({ from: '2026-01-01T10:00:00Z', to: '2026-01-01T10:00:05Z' }).window, 60);
  assert.equal(read({ from: '2026-01-01T10:00:00Z' }).fixed, undefined);
});

test('limits say their value with its unit, what happens beyond them, and their sign where there are several', () => {
  assert.deepEqual(read({ signs: 'errorRate', limits: 'errorRate:5, errorRate:0,nonsense:3' }).limits, [{ value: 5, short: '5.0 %', label: 'limit 5.0 %' }]);
  assert.deepEqual(
    read({ signs: 'latencyP50,latencyP95', limits: 'latencyP95:500:sheds 2 flags' }).limits,
    [{ value: 500, short: 'p95 500 ms', label: 'p95 500 ms sheds 2 flags' }]);
});

test('unknown signs are left out', () => assert.deepEqual(read({ signs: 'errorRate, moonPhase' }).keys, ['errorRate']));
