import { describe, expect, it } from 'vitest';
import {
  certificateLife,
  inGroups,
  isCertificateDue,
  namesOf,
  timeToMake,
} from '../../src/core/certificate/own-certificate.ts';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 30);
const FAR = NOW + 4000 * DAY_MS;

describe('a certificate that a kiosk makes itself', () => {
  const { notBeforeMs, notAfterMs } = certificateLife(NOW, FAR);
  const present = {
    facts: { fingerprint: 'AB', notBeforeMs, notAfterMs },
    names: ['192.0.2.7', 'gate.local'],
    isByAuthority: true,
  };
  const due = (names: readonly string[], nowMs: number) => isCertificateDue(present, names, nowMs);

  it('lives at most 397 days, also for devices that are a day behind, and never longer than its authority', () => {
    expect(notAfterMs - notBeforeMs).toBeLessThanOrEqual(397 * DAY_MS);
    expect(notBeforeMs).toBe(NOW - DAY_MS);
    expect(certificateLife(NOW, NOW + DAY_MS).notAfterMs).toBe(NOW + DAY_MS);
  });

  it('is made once, for new names, after two thirds of its life, and where its dates are wrong', () => {
    const names = ['Gate.local', '192.0.2.7'];
    expect(isCertificateDue(undefined, names, NOW)).toBe(true);
    expect([0, 200, 262].map((days) => due(names, NOW + days * DAY_MS))).toEqual([false, false, false]);
    expect([264, 400, -2].map((days) => due(names, NOW + days * DAY_MS))).toEqual([true, true, true]);
    expect([due(['gate.local'], NOW), due([...names, 'east.local'], NOW)]).toEqual([true, true]);
    // The authority beside it is another one.
    expect(isCertificateDue({ ...present, isByAuthority: false }, names, NOW)).toBe(true);
  });

  it.each([
    ['in 1970', { wallMs: 0, quality: 'unsynced', vouchedMs: 0 }, false],
    ['with a floor that is old', { wallMs: NOW, quality: 'unsynced', vouchedMs: NOW }, false],
    ['in step for a moment only', { wallMs: NOW, quality: 'synced', vouchedMs: 0 }, false],
    ['far ahead of what was confirmed', { wallMs: FAR, quality: 'synced', vouchedMs: NOW }, false],
    ['confirmed', { wallMs: NOW, quality: 'synced', vouchedMs: NOW - 60_000 }, true],
    [
      'confirmed, and running on by itself',
      { wallMs: NOW, quality: 'holdover', vouchedMs: NOW - 60_000 },
      true,
    ],
  ] as const)('is not made before the time is confirmed: %s', (_which, reading, isMade) => {
    expect(timeToMake({ monotonicMs: 0, ...reading })).toBe(isMade ? reading.wallMs : undefined);
  });

  it('names and fingerprint are read as people and browsers do', () => {
    expect(namesOf('DNS:Gate.local, IP Address:192.0.2.7')).toEqual(['192.0.2.7', 'gate.local']);
    expect(namesOf(undefined)).toEqual([]);
    const hex = Array.from({ length: 32 }, (_, at) => at.toString(16).padStart(2, '0')).join(':');
    expect(inGroups(hex)).toEqual([
      '0001 0203 0405 0607 0809 0A0B 0C0D 0E0F',
      '1011 1213 1415 1617 1819 1A1B 1C1D 1E1F',
    ]);
  });
});
