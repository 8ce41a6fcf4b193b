import type { OrderView, VisitorView } from '../../../src/ports/boards.ts';
import type { GuardTopics } from '../../../src/ports/guard-feed.ts';
import { DOOR, decision, device, NIGHT_MS, passage, SITE } from './screen-samples.ts';
import { type Kiosk, OPERATOR } from './web-kiosk.ts';

/** A hostile label of a visitor. */
export const HOSTILE = '<img src=x onerror=alert(1)>';
export const CARD = '00112233445566aa';
export const RESIDENT = '8899aabbccddeeff';
export const HOUSEHOLD = '0a1b2c3d4e5f';
const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** 24 February 2020, 00:00 in Shanghai. */
export const MIDNIGHT_MS = Date.UTC(2020, 1, 23, 16, 0, 0);

export const POLICY: GuardTopics['policy'] = {
  level: 'strict',
  version: 3,
  gate: 'checked',
  levels: ['strict', 'normal', 'open', 'spring-festival'],
  openLevels: ['open'],
  occupancy: 118,
  occupancyLimit: 120,
};

const ORDERS: readonly OrderView[] = [
  {
    id: 'order-1',
    kind: 'quarantine',
    subject: { holderRef: HOUSEHOLD },
    holder: { label: 'Zhao Lan', unit: '3-502' },
    fromMs: MIDNIGHT_MS - 2 * DAY_MS,
    untilMs: MIDNIGHT_MS + 12 * DAY_MS,
    source: 'guard',
    by: OPERATOR,
    note: '外地返回',
    reportsToday: 1,
  },
  {
    id: 'order-2',
    kind: 'suspension',
    subject: { passId: RESIDENT },
    fromMs: MIDNIGHT_MS,
    source: 'centre',
    by: 'orders 7',
    note: '',
  },
];

export const VISITORS: readonly VisitorView[] = [
  {
    passId: CARD,
    label: HOSTILE,
    hostRef: HOUSEHOLD,
    host: { label: 'Zhao Lan', unit: '3-502' },
    fromMs: NIGHT_MS,
    untilMs: NIGHT_MS + 2 * HOUR_MS,
    registeredBy: OPERATOR,
    hostConfirmed: false,
  },
  {
    passId: '00112233445566bb',
    label: '送水工 → 7-201',
    fromMs: NIGHT_MS,
    untilMs: MIDNIGHT_MS + DAY_MS,
    registeredBy: OPERATOR,
    hostConfirmed: true,
  },
];

/** A desk with something on every card. */
export function fillDesk(kiosk: Kiosk): void {
  const feed = kiosk.server.guardFeed;
  feed.publish('site', SITE);
  feed.publish('clock', { wallMs: NIGHT_MS, quality: 'synced' });
  feed.publish('queue', { pending: 0, connected: true });
  feed.publish('door/main', DOOR);
  feed.publish('passage/main-in', passage());
  feed.publish('passage/main-out', passage({ accessPoint: 'main-out' }));
  feed.publish('device/scanner:main-in', device('scanner:main-in'));
  feed.publish('policy', POLICY);
  feed.publish('orders', ORDERS);
  feed.publish('visitors', VISITORS);
  feed.publish('attention', []);
  feed.publish('lists', [
    {
      type: 'revocations',
      number: 12,
      issuedAtMs: NIGHT_MS - HOUR_MS,
      nextUpdateMs: NIGHT_MS + DAY_MS,
      state: 'good',
    },
    {
      type: 'orders',
      number: 7,
      issuedAtMs: NIGHT_MS - 9 * DAY_MS,
      nextUpdateMs: NIGHT_MS - DAY_MS,
      state: 'due',
    },
    { type: 'trust', number: 0, state: 'missing' },
  ]);
  feed.publish('decisions', [
    decision(0.2, {
      decision: 'Denied',
      kind: 'visitor',
      passId: CARD,
      label: 'V-17',
      reason: 'gp:VisitorNotRegistered',
      reasons: ['gp:VisitorNotRegistered'],
      passageState: 'none',
    }),
    decision(1, {
      decision: 'Denied',
      passId: RESIDENT,
      holderRef: HOUSEHOLD,
      holder: { label: 'Zhao Lan', unit: '3-502' },
      reason: 'gp:QuotaExceeded',
      reasons: ['gp:QuotaExceeded', 'gp:AntipassbackViolation'],
      passageState: 'none',
    }),
    ...[2, 3, 4, 5, 6, 7].map((number) =>
      decision(number, { passId: `000000000000000${number}`, label: `${number}-101` }),
    ),
    decision(8, { marks: ['lateReturn'], passId: RESIDENT }),
  ]);
}
