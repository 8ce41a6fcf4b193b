import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SystemClock } from '../../src/adapters/clock/system-clock.ts';
import { EmbeddedBroker } from '../../src/adapters/mqtt/embedded-broker.ts';
import { MqttBroker } from '../../src/adapters/mqtt/mqtt-broker.ts';
import { PresentState } from '../../src/app/state/present-state.ts';
import { StatePublisher } from '../../src/app/uplink/state-publisher.ts';
import { TOLD_STATES } from '../../src/app/uplink/told-states.ts';
import { UplinkPump } from '../../src/app/uplink/uplink-pump.ts';
import { jsonSchemaText } from '../../src/cli/site/config-schema.ts';
import { REASONS } from '../../src/core/access/reasons.ts';
import { MESSAGES } from '../../src/core/contract/topics.ts';
import { sealEvent } from '../../src/core/events/envelope.ts';
import type { OverrideData } from '../../src/core/events/event.ts';
import { createSigner } from '../../src/core/pass/issue-pass.ts';
import { originOf, signCheckpoint } from '../../src/core/proof/checkpoint.ts';
import { MqttSubscriber } from '../support/broker/mqtt-subscriber.ts';
import { CONTRACT_FOLDER, PublishedContract } from '../support/broker/published-contract.ts';
import { freePort } from '../support/free-port.ts';
import { EVENT_NAMES, everyEvent } from '../support/gate/all-events.ts';
import { SAMPLE_TIME_MS } from '../support/gate/event-samples.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { openStore, temporaryFolder } from '../support/store/store-folder.ts';

const NEVER = new AbortController().signal;
const ROOT = 'gates/v1/willow-court/north/';
const contract = new PublishedContract();

/** What each action says beside the operator and the reason. */
const ACTIONS: Readonly<Record<OverrideData['action'], object>> = {
  open: {},
  refuse: {},
  measure: {},
  'contact-reading': {
    passage: 'p-1',
    screening: { contactReading: { method: 'axillary', outcome: 'normal', enteredBy: 'chen' } },
  },
  seen: { item: 'tamper' },
  hold: {},
  release: {},
  block: {},
  unblock: {},
  lockdown: {},
  'lockdown-release': {},
  unlock: {},
  lock: {},
  enable: {},
  disable: {},
  order: { kind: 'health', order: 'order-1' },
  'end-order': {},
  'self-report': {},
  'forgive-antipassback': {},
  'give-back-quota': {},
  occupancy: { value: 12 },
  'confirm-records': {},
  'end-lock-out': {},
  'register-visitor': {},
  'confirm-host': {},
  'note-left': { line: 'line-1' },
  'visitor-pass': { passId: '00112233aabbccdd' },
  'answer-request': { request: 1001, answer: 'refused' },
};

/** Actions that say no reason. */
const UNNOTED = new Set(['seen', 'contact-reading', 'note-left']);

function eventDataSchemas(): Record<string, { $id?: string; enum?: string[] }> {
  return JSON.parse(readFileSync(join(CONTRACT_FOLDER, 'schemas/event-data.json'), 'utf8')).$defs;
}

/** The sample that belongs to the n-th draft of everyEvent(). */
function sampleEnvelope(index: number): object {
  const draft = everyEvent()[index];
  if (draft === undefined) throw new Error('no such draft');
  const { body } = sealEvent(draft, {
    id: `0170761a-a007-7000-8000-${String(index).padStart(12, '0')}`,
    site: 'willow-court',
    gate: 'north',
    sequence: index + 1,
    epoch: '0170761a-a007-7fff-8000-000000000000',
    bootId: '7f6c8f0a-3d0b-4a37-9c0d-0f5d4a1c2b3e',
    recordedMs: SAMPLE_TIME_MS + 3,
    prevHash: '0'.repeat(64),
    salts: new Uint8Array(32),
  });
  return JSON.parse(new TextDecoder().decode(body));
}

describe('event schemas', () => {
  it('there is one for every event name and none besides', () => {
    const names = Object.entries(eventDataSchemas()).flatMap(([name, schema]) =>
      schema.$id === `urn:gatepost:event:${name}:v1` ? [name] : [],
    );
    expect(names.sort()).toEqual([...EVENT_NAMES].sort());
  });

  it('know every reason, in order', () => {
    expect(eventDataSchemas().reason?.enum).toEqual(REASONS);
  });

  it('know every action of a guard, and ask each for its own values', () => {
    const actions = eventDataSchemas()['operator.override'] as unknown as {
      properties: { action: { enum: string[] } };
    };
    expect(actions.properties.action.enum.toSorted()).toEqual(Object.keys(ACTIONS).sort());
    const id = 'urn:gatepost:event:operator.override:v1';
    for (const [action, values] of Object.entries(ACTIONS)) {
      const whole = {
        operator: 'chen',
        action,
        ...(UNNOTED.has(action) ? {} : { note: 'Drill' }),
        ...values,
      };
      expect([action, contract.check(id, whole)]).toEqual([action, []]);
      for (const name of Object.keys(values))
        expect([
          action,
          name,
          contract.check(id, JSON.parse(JSON.stringify({ ...whole, [name]: undefined }))),
        ]).not.toEqual([action, name, []]);
    }
    for (const wrong of [
      { action: 'occupancy-12', note: 'Counted' },
      { action: 'order-block', note: 'Lost' },
      { action: 'seen', note: 'tamper', item: 'tamper' },
      { action: 'open', note: 'Drill', value: 3 },
      { action: 'open', note: 'Drill', ...ACTIONS['contact-reading'] },
      { action: 'contact-reading', note: 'By hand', ...ACTIONS['contact-reading'] },
      { action: 'open', note: 'Drill', kind: 'health' },
      { action: 'open', note: 'Drill', item: 'tamper' },
      { action: 'open' },
    ])
      expect(contract.check(id, { operator: 'chen', ...wrong })).not.toEqual([]);
  });

  it('refuse what does not belong there: a name, a degree as text, an unknown decision', () => {
    const id = 'urn:gatepost:event:access.granted:v1';
    const { data } = everyEvent().find((draft) => draft.name === 'access.granted') ?? {};
    expect(contract.check(id, data)).toEqual([]);
    for (const foreign of [
      { ...data, name: 'Chen Guifang' },
      { ...data, screening: { mode: 'advise', outcome: 'normal', object: '36.6' } },
      { ...data, decision: 'Maybe' },
      { ...data, passId: 'GP1:NOT AN ID' },
    ])
      expect(contract.check(id, foreign)).not.toEqual([]);
  });
});

describe('the schemas', () => {
  it.each(['envelope', 'reduced', 'event-data', 'states', 'messages', 'requests'] as const)(
    '%s.json is what the code says today',
    (name) => {
      const committed = readFileSync(join(CONTRACT_FOLDER, 'schemas', `${name}.json`), 'utf8');
      expect(committed, 'npm run --silent schema writes it').toBe(jsonSchemaText(name));
    },
  );
});

describe('samples', () => {
  const files = readdirSync(join(CONTRACT_FOLDER, 'samples/events')).sort();

  it('are what the code makes today, one file for each kind of event', () => {
    const drafts = everyEvent();
    const expected = drafts.map((draft, index) => `${String(index + 1).padStart(2, '0')}-${draft.name}.json`);
    expect(files).toEqual(expected);
    for (const [index, file] of expected.entries()) {
      const text = readFileSync(join(CONTRACT_FOLDER, 'samples/events', file), 'utf8');
      expect(JSON.parse(text)).toEqual(sampleEnvelope(index));
    }
  });

  it.each(files)('%s keeps the schemas', (file) => {
    const bytes = readFileSync(join(CONTRACT_FOLDER, 'samples/events', file));
    const group = /^\d+-([a-z]+)\./.exec(file)?.[1];
    expect(contract.faults(`${ROOT}evt/${group}`, bytes)).toEqual([]);
  });

  it.each(readdirSync(join(CONTRACT_FOLDER, 'samples/states')))('state %s keeps the schemas', (file) => {
    const value = JSON.parse(readFileSync(join(CONTRACT_FOLDER, 'samples/states', file), 'utf8'));
    expect(contract.check(`urn:gatepost:state:${file.replace('.json', '')}:v1`, value)).toEqual([]);
  });
});

describe('samples of what a gate reads', () => {
  it.each(Object.keys(MESSAGES))('%s keeps the schema', (name) => {
    const sample = JSON.parse(readFileSync(join(CONTRACT_FOLDER, `samples/messages/${name}.json`), 'utf8'));
    expect(contract.check(`urn:gatepost:message:${name}:v1`, sample)).toEqual([]);
  });
});

const EPOCH = '0170761a-a007-7fff-8000-000000000000';
const CHECKPOINT = {
  epoch: EPOCH,
  size: 4711,
  note: signCheckpoint(
    {
      origin: originOf({ site: 'willow-court', gate: 'north', epoch: EPOCH }),
      size: 4711,
      root: new Uint8Array(32),
    },
    createSigner(generateKeyPairSync('ed25519').privateKey),
  ),
};

/** Every state of a gate, each with all that it can have, and what is said of it with a fault. */
function tellEverything(state: PresentState, nowMs: number): void {
  state.phase.set({ phase: 'ready' });
  state.accessPoints.set({ id: 'main-in', door: 'main', direction: 'in', enabled: true });
  const door = {
    door: 'main',
    name: 'Main door',
    mode: 'Locked',
    physical: 'Closed',
    alarm: 'Normal',
  } as const;
  state.assists.set({ accessPoint: 'main-in', status: 'unanswered', sinceMs: nowMs - 31_000 });
  state.assists.set({ accessPoint: 'main-out', status: 'none' });
  state.doors.set({ ...door, released: false, tamper: 'NotInTamper', fire: false });
  state.doors.set({ ...door, door: 'side', released: true });
  const device = { simulated: false, sinceMs: nowMs };
  const scanner = { id: 'scanner:main-in', role: 'scanner', owner: 'main-in', driver: 'serial' } as const;
  state.devices.set({ ...device, ...scanner, status: 'ok', dropped: 2 });
  const log = { id: 'log', role: 'log', driver: 'sqlite', status: 'degraded', cause: 'log.low' } as const;
  state.devices.set({ ...device, ...log, detail: 'The disk is nearly full.' });
  const levels = { levels: ['normal', 'open'], openLevels: ['open'] };
  state.rules.set({
    level: 'normal',
    version: 1,
    gate: 'checked',
    ...levels,
    schedule: { state: 'follows', level: 'normal', next: { level: 'night', atMs: nowMs } },
    occupancy: 3,
    occupancyLimit: 9,
  });
  state.lists.set([
    { type: 'trust', number: 7, issuedAtMs: nowMs, nextUpdateMs: nowMs, state: 'due', signer: 'withdrawn' },
    { type: 'orders', number: 0, state: 'missing' },
  ]);
  state.site.set({
    ...{ site: 'willow-court', gate: 'north', name: 'North', timeZone: 'Asia/Shanghai', software: '0' },
    ...{ simulated: false, recordsDegrees: false, post: { number: '3', responsible: '张伟' } },
  });
  state.shift.set({
    onDuty: { operator: 'chen', sinceMs: nowMs - 8 * 3_600_000 },
    handedOver: {
      ...{ by: 'chen', atMs: nowMs, note: 'Keys' },
      open: { waiting: 0, calls: 0, alarms: 0, devices: 0, orders: 0, visitors: 0 },
    },
  });
  state.muster.set({
    ...{ number: 2, cause: 'fire', startedMs: nowMs - 600_000, people: 9, ticked: 8, changes: 8 },
    ...{ endedMs: nowMs, endedBy: 'chen', eraseMs: nowMs + 86_400_000 },
  });
  state.clock.set({ wallMs: nowMs, quality: 'holdover' });
  state.checkpoint.set(CHECKPOINT);
  state.servers.set([
    { server: 'central', receipt: { epoch: EPOCH, upTo: 4711 }, isLate: false },
    { server: 'spare', lacksSinceMs: nowMs - 2 * 86_400_000, isLate: true },
  ]);
  state.backup.set({ lastMs: nowMs - 86_400_000, isDue: false });
  state.attention.set([
    { id: 'logReset:north', kind: 'logReset', accessPoint: 'north', sinceMs: nowMs },
    { id: 'duress:p1', kind: 'duress', accessPoint: 'main-in', sinceMs: nowMs, passage: 'p1' },
  ]);
}

describe('what is published', () => {
  it('has a schema and a sample for each kind of state', () => {
    const { $defs } = JSON.parse(readFileSync(join(CONTRACT_FOLDER, 'schemas/states.json'), 'utf8'));
    const kinds = ['conn', 'alert', ...Object.keys(TOLD_STATES)].sort();
    expect(Object.keys($defs).sort()).toEqual(kinds);
    const samples = readdirSync(join(CONTRACT_FOLDER, 'samples/states'));
    expect(samples.map((file) => file.replace('.json', '')).sort()).toEqual(kinds);
  });

  it('every event and every state of a running gate keeps the contract', async () => {
    const clock = new SystemClock();
    const embedded = new EmbeddedBroker(await freePort());
    await embedded.start(NEVER);
    onTestFinished(() => embedded.stop());
    const subscriber = await MqttSubscriber.start({ url: embedded.url, topics: [`${ROOT}#`], protocol: 4 });
    onTestFinished(() => subscriber.stop());
    const store = await openStore(temporaryFolder(), { clock });
    const state = new PresentState();
    const pump = new UplinkPump({
      site: 'willow-court',
      gate: 'north',
      software: 'gatepost 0.1.0',
      outbox: store.outbox,
      broker: new MqttBroker({ url: embedded.url, protocol: 4, clientId: 'north', simulated: true }),
      clock,
      random: Math.random,
      logger: new SilentLogger(),
      onState: ({ pending, takesEvents }) => state.queue.set({ pending, connected: takesEvents }),
    });
    const publisher = new StatePublisher({ state, sink: pump });
    onTestFinished(() => pump.stop());
    store.log.commit({ events: everyEvent(clock.read().wallMs) });
    tellEverything(state, clock.read().wallMs);
    await publisher.start(NEVER);
    await pump.start(NEVER);
    const last = store.outbox.position().lastSequence;
    await subscriber.until((got) => got.filter((one) => one.topic.includes('/evt/')).length >= last);
    await pump.stop();
    await subscriber.until((got) => got.some((one) => one.payload.includes('"disconnected"')));
    const faults = subscriber.messages.flatMap((one) => contract.faults(one.topic, one.payload));
    expect(faults).toEqual([]);
    const unknown = subscriber.messages.flatMap((one) => contract.unknownFields(one.topic, one.payload));
    expect(unknown).toEqual([]);
    const topics = new Set(subscriber.messages.map((one) => one.topic.slice(ROOT.length)));
    expect([...topics].sort()).toEqual([
      'alert/assist',
      'alert/log',
      'alert/operators',
      'alert/servers',
      'alert/uplink',
      'checkpoint',
      'evt/access',
      'evt/accesspoint',
      'evt/assist',
      'evt/attention',
      'evt/command',
      'evt/credential',
      'evt/delivery',
      'evt/device',
      'evt/directory',
      'evt/door',
      'evt/log',
      'evt/muster',
      'evt/operator',
      'evt/policy',
      'evt/privacy',
      'evt/screening',
      'evt/site',
      'evt/stats',
      'evt/storage',
      'evt/vehicle',
      'evt/visitor',
      'state/accesspoint/main-in',
      'state/assist/main-in',
      'state/assist/main-out',
      'state/backup',
      'state/clock',
      'state/conn',
      'state/door/main',
      'state/door/side',
      'state/muster',
      'state/policy',
      'state/queue',
      'state/servers',
      'state/shift',
    ]);
  });
});
