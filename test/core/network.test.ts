import { expect, it } from 'vitest';
import { isLoopback, networkOf } from '../../src/core/network.ts';

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:0db8::1', '2001:db8:0:0::/64'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['FE80::1%eth0', 'fe80:0:0:0::/64'],
])('%s is of the network %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

it.each([
  ['::1', true],
  ['127.0.0.2', true],
  ['::FFFF:127.0.0.1', true],
  ['192.0.2.7', false],
  ['2001:db8::1', false],
])('%s is of this machine: %s', (address, own) => {
  expect(isLoopback(address)).toBe(own);
});
