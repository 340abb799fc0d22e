import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from '../src/ts/live/freshness';
import { writeCountdown, writeLength, writeTime } from '../src/ts/format';
import type { Frame } from '../src/ts/live/wire';

const frame = { freshness: 'Fresh', ageSeconds: 0.4 } as Frame;

test('a fresh frame is fresh only as long as frames go on coming', () => {
  assert.equal(judge(frame, 0.5).freshness, 'Fresh');
  assert.equal(judge(frame, 2.2).freshness, 'Late');
  const frozen = judge(frame, 3.5);
  assert.equal(frozen.freshness, 'Stale');
  assert.equal(frozen.age, 3.9);
  assert.match(frozen.word!, /Frozen/);
});

test('a source that is stale or failed stays so however lively the connection', () => {
  assert.equal(judge({ ...frame, freshness: 'Stale' }, 0).freshness, 'Stale');
  assert.equal(judge({ ...frame, freshness: 'Failed' }, 0).freshness, 'Failed');
});

test('what was never heard of is unknown', () => assert.equal(judge(undefined, 0.2).freshness, 'Unknown'));

test('times are written with their zone, and with the date when it is not today', () => {
  const now = Date.parse('2026-01-02T10:00:00Z');
  assert.equal(writeTime(Date.parse('2026-01-02T09:08:07Z'), 'utc', now), '09:08:07Z');
  assert.equal(writeTime(Date.parse('2026-01-01T23:59:59Z'), 'utc', now), '2026-01-01 23:59:59Z');
});

test('lengths are written in their two largest units', () => {
  assert.deepEqual([0.9, 59, 60, 185, 7440, 90_000].map(writeLength), ['0 s', '59 s', '1 min', '3 min 5 s', '2 h 4 min', '1 d 1 h']);
  assert.deepEqual([41.2, 725, 3600].map(writeCountdown), ['0:42', '12:05', '1:00:00']);
});
