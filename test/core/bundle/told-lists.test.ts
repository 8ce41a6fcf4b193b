import { describe, expect, it } from 'vitest';
import { readWhole } from '../../../src/core/bundle/open-bundle.ts';
import { type ListedOrder, ordersContent } from '../../../src/core/bundle/orders.ts';
import { revocationsContent } from '../../../src/core/bundle/revocations.ts';
import { DAY_S, sampleBundle } from '../../support/gate/bundle-samples.ts';
import { NOW_S } from '../../support/gate/pass-samples.ts';

const PASSES = ['ffeeddccbbaa9988', '0102030405060708'];
const HOLDERS = [
  { holderRef: '0a0b0c0d0e0f', issuedBefore: NOW_S },
  { holderRef: '000000000001', issuedBefore: NOW_S - DAY_S },
];

describe('what tools tell of a list', () => {
  it('is how many passes and which holders are revoked', () => {
    const bytes = sampleBundle('revocations', { content: revocationsContent(PASSES, HOLDERS) });
    const { content } = readWhole(bytes);
    if (content.type !== 'revocations') throw new Error(content.type);
    const { revoked } = content;
    expect([revoked.passCount, revoked.holderCount]).toEqual([2, 2]);
    expect([...revoked.listedHolders()]).toEqual([...HOLDERS].reverse());
  });

  it('is each order with its times in seconds', () => {
    const orders: ListedOrder[] = [
      { kind: 'quarantine', subject: { holderRef: '0a0b0c0d0e0f' }, from: NOW_S, until: NOW_S + DAY_S },
      { kind: 'suspension', subject: { passId: '0102030405060708' }, from: NOW_S },
    ];
    const { content } = readWhole(sampleBundle('orders', { content: ordersContent(orders) }));
    if (content.type !== 'orders') throw new Error(content.type);
    expect(content.orders.count).toBe(2);
    expect([...content.orders.listed()]).toEqual(orders);
  });
});

describe('a list is not made', () => {
  it.each([
    ['of a pass that is too short', () => revocationsContent(['0102'], [])],
    [
      'of a holder with half a second',
      () => revocationsContent([], [{ holderRef: '0a0b0c0d0e0f', issuedBefore: 0.5 }]),
    ],
    [
      'of an order before 1970',
      () => ordersContent([{ kind: 'health', subject: { holderRef: '0a0b0c0d0e0f' }, from: -1 }]),
    ],
    [
      'of an order about nobody',
      () => ordersContent([{ kind: 'health', subject: { holderRef: 'nobody' }, from: NOW_S }]),
    ],
  ])('%s', (_, make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'bundle.refused' }));
  });
});
