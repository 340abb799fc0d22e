import assert from 'node:assert/strict';
import { test } from 'node:test';
import { standingOf, type ChartFacts } from '../src/ts/chart/standing';
import type { Frame } from '../src/ts/live/wire';

const newest = { freshness: 'Fresh', ageSeconds: 0.4 } as Frame;
const lively: ChartFacts = { history: 'ready', past: false, behind: undefined, newest, silentFor: 0.3, blank: false };

test('a chart that is fed says nothing about itself', () => {
  assert.deepEqual(standingOf(lively), { state: 'fresh', word: undefined, note: undefined });
});

test('a chart whose frames have stopped says so, and how old it is', () => {
  assert.deepEqual(standingOf({ ...lively, silentFor: 75.2 }), { state: 'stale', word: 'Frozen: no frames · 1 min 15 s old', note: undefined });
  assert.match(standingOf({ ...lively, silentFor: 2 }).note!, /Late/);
});

test('a source that is stale or failed is not fresh however lively the connection', () => {
  assert.equal(standingOf({ ...lively, newest: { ...newest, freshness: 'Stale', ageSeconds: 12 } }).word, 'Stale · 12 s old');
  assert.equal(standingOf({ ...lively, newest: { ...newest, freshness: 'Failed', ageSeconds: 12 } }).state, 'failed');
  assert.equal(standingOf({ ...lively, newest: undefined }).state, 'unknown');
});

test('a paused chart says how far it is behind, and is not called frozen', () => {
  const paused = standingOf({ ...lively, behind: 42, silentFor: 60 });
  assert.equal(paused.state, 'paused');
  assert.match(paused.note!, /42 behind/);
  assert.equal(paused.word, undefined);
});

test('a chart of the past does not age', () => {
  assert.deepEqual(standingOf({ ...lively, past: true, newest: undefined, silentFor: 900 }), { state: 'past', word: undefined, note: undefined });
});

test('nothing to draw is said, once the history has answered', () => {
  assert.equal(standingOf({ ...lively, blank: true }).word, 'No evidence in this window');
  assert.equal(standingOf({ ...lively, blank: true, history: 'loading' }).word, undefined);
  assert.equal(standingOf({ ...lively, blank: true, past: true }).state, 'empty');
});

test('a history that cannot be read is said, while the chart goes on', () => {
  const standing = standingOf({ ...lively, history: 'failed' });
  assert.equal(standing.state, 'fresh');
  assert.match(standing.note!, /trying again/);
});
