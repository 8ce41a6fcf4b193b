import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readOrder } from '../../src/core/desk/guard-order.ts';
import { contactOutcome, readDegrees } from '../../src/core/screening/contact-reading.ts';
import { CONTACT_SETTINGS } from '../support/gate/screening-settings.ts';

describe('degrees that a guard types', () => {
  it.each([
    ['36.8', { degreesC: 36.8 }],
    [' 36,8 ', { degreesC: 36.8 }],
    ['３６。８', { degreesC: 36.8 }],
    ['37', { degreesC: 37 }],
    ['30.0', { degreesC: 30 }],
    ['43.0', { degreesC: 43 }],
    ['368', { problem: 'point', meant: '36.8' }],
    ['981', { problem: 'range' }],
    ['36.85', { problem: 'tenths' }],
    ['29.9', { problem: 'range' }],
    ['43.1', { problem: 'range' }],
    ['98.6', { problem: 'range' }],
    ['', { problem: 'form' }],
    ['-36.8', { problem: 'form' }],
    ['3e1', { problem: 'form' }],
    ['36.8.1', { problem: 'form' }],
    ['GP1:ABC', { problem: 'form' }],
  ])('%j are %j', (text, read) => {
    expect(readDegrees(text)).toEqual(read);
  });

  it('are exactly what was typed, or nothing, and then the gate takes them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 250, max: 500 }), (tenths) => {
        const text = (tenths / 10).toFixed(1);
        const read = readDegrees(text);
        const degreesC = 'degreesC' in read ? read.degreesC : undefined;
        expect(degreesC).toBe(tenths >= 300 && tenths <= 430 ? Number(text) : undefined);
        const order = {
          accessPoint: 'main-in',
          passage: 'p-1',
          contactReading: { method: 'oral', degreesC: Number(text) },
        };
        expect('order' in readOrder('contact-reading', order)).toBe(degreesC !== undefined);
      }),
    );
  });
});

it.each([
  ['axillary', 37.2, 'normal'],
  ['axillary', 37.3, 'elevated'],
  ['oral', 37.4, 'normal'],
  ['oral', 37.5, 'elevated'],
  ['tympanic', 37.4, 'normal'],
] as const)('%s %d °C is %s, by the threshold of its own method', (method, degreesC, outcome) => {
  expect(contactOutcome({ method, degreesC }, CONTACT_SETTINGS)).toBe(outcome);
});
