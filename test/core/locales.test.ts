import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { WEB_ERRORS } from '../../src/adapters/web/answers.ts';
import { ATTENTION_KINDS } from '../../src/core/access/attention.ts';
import { DESK_REFUSALS } from '../../src/core/access/desk-refusals.ts';
import { REASONS } from '../../src/core/access/reasons.ts';
import {
  ASSIST_STATUSES,
  type Decision,
  type Direction,
  DOOR_MODES,
  type DoorAlarm,
  type DoorPhysicalState,
  type DoorTamper,
  FEEDBACKS,
  NOT_OBEYED,
  PASS_KINDS,
  PUSH_PERSONS,
  SITE_ANSWERS,
  SITE_ORDERS,
  TALK_TROUBLES,
  type TimeQuality,
} from '../../src/core/access/vocabulary.ts';
import { BUNDLE_TYPES } from '../../src/core/bundle/bundle.ts';
import { ACCESS_MARKS } from '../../src/core/decision/decision.ts';
import { OWNER_REFUSALS } from '../../src/core/decision/pass-owner.ts';
import { DOOR_VERBS } from '../../src/core/door/door-orders.ts';
import { type ErrorCode, LOG_TROUBLES } from '../../src/core/errors.ts';
import type { DeviceStatus, ScreeningRecord } from '../../src/core/events/event.ts';
import { ORDER_KINDS } from '../../src/core/policy/standing-order.ts';
import { type DataRequest, REQUEST_KINDS } from '../../src/core/report/data-request.ts';
import { ACCOUNT_KINDS } from '../../src/core/report/pass-account.ts';
import { KEPT_KINDS } from '../../src/core/report/privacy-notice.ts';
import { SCANNER_MISUSES } from '../../src/core/scan/scanner-misuse.ts';
import { type NotMeasurableCause, SENSOR_FAULTS } from '../../src/core/screening/screening.ts';
import type { DecisionView, PassageView } from '../../src/ports/boards.ts';
import type { DeviceView, ListView, PolicyView } from '../../src/ports/gate-state.ts';
import type { PromptMessage, PromptView } from '../../src/ports/resident-prompt.ts';
import { PRINTER_TROUBLES } from '../../src/ports/ticket-printer.ts';
import type { NoPass } from '../../src/screens/phone/entered-text.ts';

const LANGUAGES = ['zh-CN', 'zh-TW', 'en'] as const;

type Tree = { readonly [key: string]: string | readonly string[] | Tree };

function load(language: string): Tree {
  return JSON.parse(readFileSync(`config/locales/${language}.json`, 'utf8'));
}

/** Every path to a text, with the texts; lists count by their length. */
function leaves(tree: Tree, path = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[`${path}${key}`, value]] : leaves(value as Tree, `${path}${key}.`),
  );
}

/** The members of a union that has no list in core; the compiler refuses a missing or a foreign one. */
function members<T extends string>(all: Record<T, true>): readonly string[] {
  return Object.keys(all);
}

const CAUSES = members<NotMeasurableCause | NonNullable<PassageView['cause']>>({
  no_subject: true,
  unstable: true,
  cold_skin: true,
  out_of_skin_range: true,
  environment: true,
  ambient_drift: true,
  sensor_missing: true,
  sensor_silent: true,
  sensor_framing: true,
  sensor_wrong_family: true,
  sensor_invalid: true,
  sensor_stuck: true,
  one_at_a_time: true,
  next: true,
  repeat: true,
  too_far: true,
  too_close: true,
  steady: true,
});
/** The error codes a device can be troubled with; `log.busy` stops the start, and `log.altered` is about rows. */
const DEVICE_CODES = members<
  Exclude<
    Extract<ErrorCode, `${'device' | 'gpio' | 'log' | 'broker' | 'push'}.${string}`>,
    'log.busy' | 'log.altered' | 'log.altered'
  >
>({
  'device.missing': true,
  'device.busy': true,
  'device.denied': true,
  'device.lost': true,
  'device.failed': true,
  'gpio.unavailable': true,
  'gpio.failed': true,
  'log.unavailable': true,
  'log.full': true,
  'log.readonly': true,
  'log.failed': true,
  'log.damaged': true,
  'log.empty': true,
  'broker.unreachable': true,
  'broker.refused': true,
  'broker.lost': true,
  'broker.certificate': true,
  'broker.second': true,
  'push.unreachable': true,
  'push.refused': true,
});

/** Causes that contacts, switches, buttons and the log have beside the codes. */
const PRINTER_CAUSES = PRINTER_TROUBLES.map((trouble) => `printer_${trouble}`);
const OTHER_TROUBLES = [
  ...['contact_fault', 'stuck', 'call_stuck', 'unreadable', 'log.slow'],
  ...PRINTER_CAUSES,
];

const REQUEST_STATES = members<DataRequest['state']>({
  open: true,
  confirmed: true,
  refused: true,
  done: true,
  lapsed: true,
});

/** Where words stand, and for what. */
const TABLES: readonly (readonly [string, readonly string[]])[] = [
  ['reason', REASONS],
  ['cause', CAUSES],
  ['guard.visitorPass.printer.failed', [...PRINTER_TROUBLES, 'busy']],
  ['prompt.assist.status', ASSIST_STATUSES],
  ['prompt.assist.trouble', TALK_TROUBLES],
  ['guard.talk.trouble', TALK_TROUBLES],
  ['prompt.feedback', [...FEEDBACKS, 'AccessGrantedOut']],
  [
    'prompt.message',
    members<Exclude<PromptMessage, 'SelfService'>>({
      FireAlarm: true,
      Evacuation: true,
      SiteLockdown: true,
      HeldOpen: true,
      OutOfOrder: true,
      Identify: true,
    }),
  ],
  ['prompt.selfService.refused', OWNER_REFUSALS],
  ['prompt.selfService.kinds', ACCOUNT_KINDS],
  ['privacy.kinds', KEPT_KINDS],
  [
    'phone.wrong',
    // noKey: the browser cannot make a key for a request.
    members<NoPass | 'noKey'>({
      noKey: true,
      phoneCode: true,
      guestCode: true,
      request: true,
      damaged: true,
      newer: true,
      address: true,
      other: true,
      nothing: true,
    }),
  ],
  ['prompt.selfService.request', REQUEST_STATES],
  ['prompt.selfService.ask', REQUEST_KINDS],
  ['vocabulary.requestKind', REQUEST_KINDS],
  ['vocabulary.requestState', REQUEST_STATES],
  ['prompt.message.FireAlarm', members<Direction>({ in: true, out: true })],
  ['prompt.message.Evacuation', members<Direction>({ in: true, out: true })],
  ['prompt.message.SiteLockdown', members<Direction>({ in: true, out: true })],
  ['prompt.message.HeldOpen', members<Direction>({ in: true, out: true })],
  ['prompt.message.Identify', members<Direction>({ in: true, out: true })],
  ['prompt.message.OutOfOrder', members<Direction>({ in: true, out: true })],
  ['prompt.trouble', [...LOG_TROUBLES] satisfies NonNullable<PromptView['trouble']>[]],
  ['guard.siteOrder.holds', SITE_ORDERS],
  ['guard.siteOrder.do', SITE_ORDERS],
  ['guard.siteOrder.reasons', NOT_OBEYED],
  ['guard.siteOrder.answers', SITE_ANSWERS],
  ['vocabulary.feedback', FEEDBACKS],
  ['vocabulary.doorMode', DOOR_MODES],
  ['vocabulary.kind', PASS_KINDS],
  ['vocabulary.decision', members<Decision>({ Granted: true, Denied: true })],
  ['vocabulary.direction', members<Direction>({ in: true, out: true })],
  [
    'vocabulary.physical',
    members<DoorPhysicalState>({ Unknown: true, Open: true, Closed: true, Fault: true }),
  ],
  ['vocabulary.alarm', members<DoorAlarm>({ Normal: true, DoorForcedOpen: true, DoorOpenTooLong: true })],
  ['vocabulary.tamper', members<DoorTamper>({ Unknown: true, NotInTamper: true, TamperDetected: true })],
  ['vocabulary.recognition', members<NonNullable<DecisionView['recognition']>>({ 'pt:REX': true })],
  [
    'vocabulary.outcome',
    members<ScreeningRecord['outcome']>({ normal: true, elevated: true, notMeasurable: true, skipped: true }),
  ],
  [
    'vocabulary.passageState',
    members<DecisionView['passageState']>({
      pending: true,
      taken: true,
      nottaken: true,
      none: true,
      unknown: true,
    }),
  ],
  ['vocabulary.timeQuality', members<TimeQuality>({ synced: true, holdover: true, unsynced: true })],
  [
    'vocabulary.deviceRole',
    members<DeviceView['role']>({
      scanner: true,
      thermometer: true,
      distance: true,
      lock: true,
      contact: true,
      exitButton: true,
      callButton: true,
      tamper: true,
      fire: true,
      broker: true,
      log: true,
      clock: true,
      push: true,
      printer: true,
    }),
  ],
  [
    'vocabulary.deviceStatus',
    members<DeviceStatus>({ ok: true, connecting: true, degraded: true, missing: true }),
  ],
  [
    'vocabulary.deviceCause',
    [
      ...DEVICE_CODES,
      ...SENSOR_FAULTS,
      ...OTHER_TROUBLES,
      'scanner_noise',
      ...SCANNER_MISUSES,
      'log.low',
      'other',
    ],
  ],
  ['vocabulary.pushPerson', PUSH_PERSONS],
  ['vocabulary.orderKind', ORDER_KINDS],
  ['vocabulary.mark', ACCESS_MARKS],
  ['vocabulary.listType', BUNDLE_TYPES],
  [
    'vocabulary.listState',
    members<ListView['state']>({ good: true, due: true, stale: true, damaged: true, missing: true }),
  ],
  ['guard.attention.kinds', ATTENTION_KINDS],
  ['guard.dialog.causes', DESK_REFUSALS],
  ['common.problems', WEB_ERRORS],
  ['guard.orders.effect', ORDER_KINDS],
  ['guard.level.gate', members<PolicyView['gate']>({ checked: true, open: true })],
  ['guard.doors.verbs', DOOR_VERBS],
];

function tableAt(tree: Tree, path: string): Tree {
  return path.split('.').reduce((part, key) => part[key] as Tree, tree);
}

describe('locale files', () => {
  it('have the same keys in every language', () => {
    const english = leaves(load('en')).map(([path]) => path);
    for (const language of LANGUAGES) expect(leaves(load(language)).map(([path]) => path)).toEqual(english);
  });

  it.each(TABLES)('have words for every member of %s and for nothing else', (path, names) => {
    for (const language of LANGUAGES)
      expect(Object.keys(tableAt(load(language), path)).sort()).toEqual([...names].sort());
  });

  it('leave no text empty but the two that say nothing', () => {
    for (const language of LANGUAGES) {
      const empty = leaves(load(language)).filter(([, text]) => text.trim() === '');
      expect(empty.map(([path]) => path)).toEqual([
        'vocabulary.passageState.none',
        'vocabulary.passageState.unknown',
      ]);
    }
  });

  it('fill the same places in every language', () => {
    const places = (language: string) =>
      leaves(load(language)).map(([path, text]) => [path, (text.match(/\{\w+\}/g) ?? []).sort()]);
    for (const language of LANGUAGES) expect(places(language)).toEqual(places('en'));
  });

  it('screen and never diagnose', () => {
    for (const language of LANGUAGES)
      for (const [path, text] of leaves(load(language)))
        expect(text, path).not.toMatch(
          /fever|febrile|\bsick|\bill\b|(?<!dis)infect|diagnos|发烧|发热|發燒|感染|患者|疑似|确诊|確診/i,
        );
  });

  it('keep what a resident reads short enough to be huge', () => {
    for (const language of LANGUAGES)
      for (const [path, text] of leaves(load(language))) {
        if (!/^(prompt\.(feedback|message|selfService)|reason|cause)\..*\.say$/.test(path)) continue;
        expect(text.length, `${language} ${path}: ${text}`).toBeLessThanOrEqual(language === 'en' ? 38 : 14);
      }
  });
});
