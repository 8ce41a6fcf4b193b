import type { AccessData, EventDraft } from '../../../src/core/events/event.ts';

export const SAMPLE_TIME_MS = Date.UTC(2020, 1, 24, 8, 0, 0, 7);

export const SAMPLE_ACCESS: AccessData = {
  accessPoint: 'main-in',
  door: 'main',
  direction: 'in',
  decision: 'Granted',
  reasons: [],
  recognition: 'gp:QRCode',
  passId: '00112233aabbccdd',
  holderRef: 'a1b2c3d4e5f6',
  kind: 'resident',
  policy: { level: 'normal', version: 1 },
  keyId: '01020304',
  screening: { mode: 'enforce', outcome: 'normal', attempts: 1, sensor: 'gy-mcu9061x' },
  decidedBy: 'auto',
  latencyMs: 12,
  passage: 'passage-1',
};

export function accessGranted(data: Partial<AccessData> = {}, timeMs = SAMPLE_TIME_MS): EventDraft {
  return {
    name: 'access.granted',
    subject: 'main-in',
    data: { ...SAMPLE_ACCESS, ...data },
    timeMs,
    timeQuality: 'synced',
  };
}

export function doorOpened(timeMs = SAMPLE_TIME_MS): EventDraft {
  return {
    name: 'door.physical',
    subject: 'main',
    data: { door: 'main', state: 'Open' },
    timeMs,
    timeQuality: 'synced',
  };
}
