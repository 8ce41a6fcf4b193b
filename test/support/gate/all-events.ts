import type {
  AccessData,
  EventDataByName,
  EventDraft,
  EventName,
  ListRecord,
} from '../../../src/core/events/event.ts';
import { SAMPLE_ACCESS, SAMPLE_TIME_MS } from './event-samples.ts';

const DENIED: AccessData = {
  ...SAMPLE_ACCESS,
  decision: 'Denied',
  reason: 'CredentialExpired',
  reasons: ['CredentialExpired', 'gp:TemperatureNotMeasured'],
  screening: { mode: 'enforce', outcome: 'notMeasurable', cause: 'cold_skin', attempts: 2 },
};
const UNREADABLE: AccessData = {
  accessPoint: 'main-in',
  door: 'main',
  direction: 'in',
  decision: 'Denied',
  reason: 'gp:MalformedPass',
  reasons: ['gp:MalformedPass'],
  recognition: 'gp:QRCode',
  policy: { level: 'normal', version: 1 },
  decidedBy: 'auto',
  latencyMs: 2,
  passage: 'passage-2',
  unreadable: { length: 1024, digest: '9f86d081884c7d65' },
};

const { decision: _, latencyMs: __, ...ASKED } = SAMPLE_ACCESS;
const TIMED_OUT: AccessData = {
  ...ASKED,
  reason: 'gp:HostNotConfirmed',
  reasons: ['gp:HostNotConfirmed', 'gp:GuardTimeout'],
};

const LIST: ListRecord = {
  list: 'revocations',
  number: 17,
  previousNumber: 16,
  issuedAt: '2020-02-24T07:00:00.000Z',
  nextUpdate: '2020-03-02T07:00:00.000Z',
  keyId: 'a1b2c3d4',
  digest: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  source: 'mqtt',
};

/** Data for every event. The compiler reports a missing name. */
const DATA: { readonly [N in EventName]: readonly EventDataByName[N][] } = {
  'access.requested': [SAMPLE_ACCESS],
  'access.granted': [
    SAMPLE_ACCESS,
    {
      ...SAMPLE_ACCESS,
      marks: ['lateReturn'],
      revocationVersion: 12,
      screening: {
        mode: 'advise',
        outcome: 'elevated',
        attempts: 2,
        sensor: 'gy-mcu9061x',
        object: 37.9,
        ambient: 22.4,
        estimate: 37.9,
        model: 'none/1',
      },
    },
  ],
  'access.denied': [DENIED, UNREADABLE],
  'access.taken': [SAMPLE_ACCESS],
  'access.nottaken': [{ ...SAMPLE_ACCESS, reason: 'gp:PassageTimeout', reasons: ['gp:PassageTimeout'] }],
  'access.timeout': [TIMED_OUT],
  'door.mode': [{ door: 'main', mode: 'LockedDown', previous: 'Locked', by: 'chen' }],
  'door.physical': [{ door: 'main', state: 'Open', counted: 37 }],
  'door.alarm': [{ door: 'main', alarm: 'DoorForcedOpen' }],
  'door.fault': [
    { device: 'lock:main', status: 'missing', cause: 'gpio.unavailable', detail: 'No GPIO chip.' },
  ],
  'screening.sensor': [{ device: 'thermometer:main-in', status: 'degraded', cause: 'sensor_silent' }],
  'device.scanner': [
    { device: 'scanner:main-in', status: 'degraded', cause: 'scanner_noise', unreadable: 131 },
  ],
  'device.storage': [{ device: 'log', status: 'ok' }],
  'device.clock': [
    { quality: 'holdover', previous: 'synced' },
    {
      quality: 'unsynced',
      floor: '2020-02-24T00:00:00.000Z',
      previousFloor: '2036-02-07T00:00:00.000Z',
      by: 'root',
    },
  ],
  'device.started': [{ software: '0.1.0', configDigest: 'e3b0c44298fc1c14', unclean: true, starts: 18 }],
  'device.stopping': [{ cause: 'SIGTERM' }],
  'operator.login': [{ operator: 'chen' }],
  'operator.logout': [{ operator: 'chen' }],
  'operator.authfailed': [{ operator: 'chen', detail: 'from 192.0.2.7', counted: 12 }],
  'operator.override': [
    { operator: 'chen', action: 'open', accessPoint: 'main-in', passage: 'passage-1', note: 'Ambulance' },
    { operator: 'chen', action: 'lockdown', door: 'main', note: 'Drill' },
    {
      operator: 'chen',
      action: 'order',
      kind: 'quarantine',
      holderRef: '0a1b2c3d4e5f',
      order: '5d0f6f0e-3b1a-4c57-8f0a-2a5d4a1c2b3e',
      note: 'Back from travel',
    },
    { operator: 'chen', action: 'occupancy', value: 12, note: 'Counted' },
    { operator: 'chen', action: 'seen', item: 'device', role: 'thermometer', accessPoint: 'main-in' },
  ],
  'log.reset': [
    {
      cause: 'restored',
      previousEpoch: '01707619-0000-7000-8000-000000000000',
      previousSequence: 4711,
    },
  ],
  'access.duress': [SAMPLE_ACCESS],
  'credential.apbviolation': [
    {
      accessPoint: 'main-in',
      direction: 'in',
      passId: '00112233aabbccdd',
      holderRef: 'a1b2c3d4e5f6',
      passage: 'passage-1',
    },
  ],
  'policy.applied': [
    {
      level: 'strict',
      version: 4,
      previous: { level: 'normal', version: 4 },
      by: 'chen',
      note: 'A case in house 12',
    },
    LIST,
  ],
  'visitor.registered': [
    {
      passId: '00112233aabbccdd',
      hostRef: 'a1b2c3d4e5f6',
      confirmed: true,
      operator: 'chen',
      until: '2020-02-24T10:00:00.000Z',
    },
  ],
  'policy.rejected': [
    {
      cause: 'old_number',
      detail: 'Its number is 4, but revocations 17 is here already',
      source: 'usb',
      length: 8217,
      list: 'revocations',
      number: 4,
    },
    { cause: 'malformed', detail: 'The bundle is not canonical CBOR', source: 'mqtt', length: 12 },
  ],
  'directory.applied': [
    { ...LIST, list: 'directory', source: 'apply' },
    { source: 'import', holders: 2700, added: 12, changed: 3, removed: 9, photographs: 0 },
  ],
  'stats.daily': [
    {
      date: '2020-02-24',
      counts: [
        { accessPoint: 'main-in', direction: 'in', counted: 'denied', of: 'gp:QuotaExceeded', count: '<5' },
        { accessPoint: 'main-in', direction: 'in', counted: 'granted', of: 'resident', count: 2614 },
        { accessPoint: 'main-in', direction: 'in', counted: 'nottaken', count: 11 },
      ],
    },
  ],
  'site.stooddown': [
    {
      reportDigest: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      publicKey: '7be3357c561a025031960f9e0fc3c08afe453a7669026c68e43bf969965e88f2',
      erased: {
        events: 412_118,
        passages: 188_204,
        holders: 2_700,
        photographs: 0,
        visitors: 311,
        orders: 42,
        reports: 509,
        operators: 8,
        lists: 5,
      },
    },
  ],
  'door.tamper': [{ door: 'main', tamper: 'TamperDetected' }],
  'operator.changed': [{ operator: 'chen', change: 'password' }],
  'log.altered': [{ first: 4690, last: 4692, problem: 'edited' }],
  'accesspoint.enabled': [
    { accessPoint: 'main-in', enabled: false, by: 'chen', note: 'Reader is being cleaned' },
    { accessPoint: 'main-in', enabled: true, by: 'chen', note: 'Repaired' },
  ],
  'log.purged': [
    { class: 'access', through: 377_104, count: 2_214, unacknowledged: { first: 377_020, last: 377_104 } },
  ],
  'log.checkpoint': [
    { size: 4711, root: '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328', by: 'root' },
  ],
  'privacy.exported': [{ rows: 212 }],
  'privacy.erased': [
    {
      ranges: '4310-4312,4390,4711-4713',
      rows: 7,
      receipt: '0c5b1a6fd3f6ad1d1b1a3e0a8ed3a4e3f7a9a4c2b2f4d3e1c0b9a8f7e6d5c4b3',
    },
  ],
  'storage.backup': [
    {
      bytes: 1_284_511_232,
      rows: 1_204_711,
      recipient: 'b1a5c7f1c1d1cb6aa9f5ee6b46f4b3a1c0f0a2a7d0d4c6d8a3b9e1f2c4d5e6f7',
    },
  ],
  'privacy.requested': [{ request: 1001, kind: 'export', accessPoint: 'main-in' }],
  'command.result': [
    { verb: 'open', key: '21fe31df', counter: 42, result: 'done' },
    {
      verb: 'hold',
      key: '21fe31df',
      counter: 43,
      result: 'refused',
      reason: 'in_lockdown',
      detail: 'The door is in lockdown. Only its release ends it.',
    },
    {
      verb: 'open',
      key: '21fe31df',
      counter: 41,
      result: 'refused',
      reason: 'old_counter',
      detail: 'Its counter is 41, and 43 is used up already.',
      counted: 12,
    },
  ],
  'site.order': [
    {
      order: 'lockdown',
      previous: 'none',
      cause: 'order',
      counter: 12,
      keys: ['a1b2c3d4'],
      until: '2020-02-24T20:00:00.000Z',
    },
    {
      order: 'lockdown',
      previous: 'lockdown',
      cause: 'order',
      counter: 13,
      keys: ['a1b2c3d4', '0e1f2a3b'],
      until: '2020-02-24T20:00:00.000Z',
      waits: 'lockdown-release',
      reason: 'clock_untrusted',
    },
  ],
  'assist.requested': [
    { accessPoint: 'main-in', direction: 'in', call: 'call-1', by: 'screen', passage: 'passage-1' },
    { accessPoint: 'main-in', direction: 'in', call: 'call-2', by: 'button', counted: 7 },
  ],
  'assist.answered': [
    {
      accessPoint: 'main-in',
      direction: 'in',
      call: 'call-1',
      answer: 'coming',
      operator: 'chen',
      waited: 12,
    },
  ],
  'assist.unanswered': [
    { accessPoint: 'main-in', direction: 'in', call: 'call-2', cause: 'time', waited: 30 },
  ],
  'assist.talked': [
    {
      accessPoint: 'main-in',
      direction: 'in',
      call: 'call-1',
      operator: 'chen',
      seconds: 47,
      ended: 'answered',
    },
  ],
  'operator.handover': [
    {
      operator: 'chen',
      step: 'given',
      note: 'Keys in the drawer',
      open: { waiting: 0, calls: 1, alarms: 2, devices: 0, orders: 3, visitors: 4 },
    },
  ],
  'attention.notified': [{ to: 'second', outcome: 'sent', needs: 2 }],
  'operator.lookup': [
    { operator: 'chen', of: 'period', from: '2020-02-23T06:00:00.000Z', to: '2020-02-23T06:31:00.000Z' },
    { operator: 'chen', of: 'passage', passId: '00112233aabbccdd', holderRef: 'a1b2c3d4e5f6' },
  ],
  'vehicle.registered': [{ line: 'line-1', operator: 'chen' }],
  'delivery.registered': [{ line: 'line-2', disinfected: true, operator: 'chen' }],
  'muster.started': [
    {
      muster: 1,
      cause: 'order',
      by: 'chen',
      note: 'Fire drill',
      people: 2_688,
      counted: 2_700,
      inUnnamed: 9,
      outUnnamed: 3,
      whileOpen: 0,
      long: 412,
      doubted: false,
    },
  ],
  'muster.ended': [{ muster: 1, by: 'chen', people: 2_688, ticked: 2_688, note: 'Everybody is here' }],
  'muster.erased': [{ muster: 1, people: 2_688, ticked: 2_688, receipt: '0'.repeat(64) }],
  'operator.upkeep': [
    { operator: 'chen', act: 'backup' },
    { operator: 'chen', act: 'export', format: 'csv', from: '2020-02-01', to: '2020-02-23' },
  ],
  'stats.reviewed': [{ date: '2020-02-23', operator: 'chen', note: 'Read through, nothing open' }],
};

/** Every event name. */
export const EVENT_NAMES: readonly string[] = Object.keys(DATA);

/** At least one well-formed draft of every event. */
export function everyEvent(timeMs = SAMPLE_TIME_MS): EventDraft[] {
  return Object.entries(DATA).flatMap(([name, samples]) =>
    samples.map((data) => {
      const subject = 'accessPoint' in data && data.accessPoint ? data.accessPoint : 'main';
      // Object.entries loses which data belongs to which name; the type of DATA has already checked it.
      return { name, subject, data, timeMs, timeQuality: 'synced' } as EventDraft;
    }),
  );
}
