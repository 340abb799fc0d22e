import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FrameOrder } from '../src/ts/live/order';

test('the first frame is no gap, whatever its number', () => {
  assert.deepEqual(new FrameOrder().arrived(500), { arrival: 'next', after: 0 });
});

test('a missing number is a gap behind the last one seen', () => {
  const order = new FrameOrder();
  order.arrived(10);
  assert.equal(order.arrived(11).arrival, 'next');
  assert.deepEqual(order.arrived(14), { arrival: 'gap', after: 11 });
  assert.equal(order.last, 14);
});

test('refilled frames are old and open no further gap', () => {
  const order = new FrameOrder();
  order.arrived(10);
  order.arrived(13);
  assert.equal(order.arrived(11).arrival, 'old');
  assert.equal(order.arrived(12).arrival, 'old');
  assert.equal(order.arrived(14).arrival, 'next');
});
