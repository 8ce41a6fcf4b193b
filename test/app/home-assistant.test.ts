import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { type DiscoveredGate, discoveryMessage } from '../../src/app/neighbours/discovery.ts';
import type { IncomingMessage } from '../../src/ports/broker.ts';
import { packageRoot } from '../../src/version.ts';
import { ScriptedBroker } from '../support/broker/scripted-broker.ts';
import { settle, VirtualClock } from '../support/clock/virtual-clock.ts';
import { policy } from '../support/gate/policy-samples.ts';
import { RuleGate, type RuleGateOptions, SITE } from '../support/gate/rule-gate.ts';
import { needs } from '../support/needs.ts';
import { temporaryFolder } from '../support/store/store-folder.ts';

const ROOT = `gates/v1/${SITE}/north/`;
const DISCOVERY = `homeassistant/device/gatepost-${SITE}-north/config`;
const ON = { prefix: 'homeassistant', unlock: false } as const;
const OPENS = { prefix: 'homeassistant', unlock: true } as const;

/** A gate that follows one broker over restarts with other settings. */
class Site {
  readonly broker = new ScriptedBroker();
  readonly clock = new VirtualClock();
  readonly #folder = temporaryFolder();
  #gate: RuleGate | undefined;

  static async opens(homeAssistant?: RuleGateOptions['homeAssistant']): Promise<Site> {
    const site = new Site();
    onTestFinished(() => site.gate.stop());
    await site.start(homeAssistant);
    return site;
  }

  get gate(): RuleGate {
    if (this.#gate === undefined) throw new Error('The gate was not started.');
    return this.#gate;
  }

  async start(homeAssistant?: RuleGateOptions['homeAssistant']): Promise<void> {
    const { broker, clock } = this;
    const options = { broker, ...(homeAssistant === undefined ? {} : { homeAssistant }) };
    this.#gate = await RuleGate.start(this.#folder, clock, policy(), options);
    await this.gate.pass(100);
  }

  async restart(homeAssistant?: RuleGateOptions['homeAssistant']): Promise<void> {
    await this.gate.stop();
    await this.start(homeAssistant);
  }

  /** What arrived on a topic, as text, oldest first. */
  on(topic: string): string[] {
    return this.broker.arrived.flatMap((one) =>
      one.topic === topic ? [new TextDecoder().decode(one.payload)] : [],
    );
  }

  get unlockReader() {
    return this.broker.connection?.subscriptions.find(({ topics }) =>
      topics.some((topic) => topic.includes('/ha/')),
    );
  }

  /** Hands a message over as the broker does. */
  async sends(payload: string, changes: Partial<IncomingMessage> = {}): Promise<void> {
    const topic = `${ROOT}ha/unlock/main-in`;
    const message = { topic, payload: new TextEncoder().encode(payload), retained: false, qos: 1 } as const;
    this.unlockReader?.onMessage({ ...message, ...changes });
    await settle();
    await this.gate.pass(10);
  }

  get opened(): number {
    return this.gate.actuator.pulses.length;
  }
}

describe('what Home Assistant is told', () => {
  it('is nothing by default', async () => {
    const site = await Site.opens();
    await site.gate.goes('in', {});
    expect(site.broker.arrived.filter(({ topic }) => /homeassistant|\/ha\//.test(topic))).toEqual([]);
    expect(site.unlockReader).toBeUndefined();
  });

  it('is the device, retained, once more at each connect, and taken back once it is switched off', async () => {
    const site = await Site.opens(ON);
    const [message] = site.broker.arrived.filter(({ topic }) => topic === DISCOVERY);
    expect(message).toMatchObject({ retain: true });
    expect(site.on(DISCOVERY)).toHaveLength(1);
    site.broker.connection?.cut();
    await site.gate.pass(10);
    await site.gate.pass(5_000);
    await site.gate.pass(100);
    expect(site.broker.connections).toHaveLength(2);
    expect(site.on(DISCOVERY)).toHaveLength(2);
    await site.restart();
    expect(site.on(DISCOVERY).at(-1)).toBe('');
    expect(site.on(`${ROOT}ha/state`).at(-1)).toBe('');
    const { length } = site.on(DISCOVERY);
    await site.restart();
    expect(site.on(DISCOVERY)).toHaveLength(length);
  });

  it('moves with the prefix, and is taken back at the old one however often the broker was away', async () => {
    const site = await Site.opens(ON);
    site.broker.present = false;
    await site.restart({ ...ON, prefix: 'site/ha' });
    site.broker.present = true;
    await site.restart({ ...ON, prefix: 'site/ha' });
    expect(site.on(DISCOVERY).at(-1)).toBe('');
    expect(site.on(`site/ha/device/gatepost-${SITE}-north/config`).at(-1)).toContain('"components"');
  });

  it('says of each decision what it was, and not about whom', async () => {
    const site = await Site.opens(ON);
    const person = { passId: 'a1b2c3d4e5f60718', holderRef: '0a1b2c3d4e5f', label: 'Zhao Lan' };
    await site.gate.goes('in', person);
    site.gate.present('in', { ...person, site: 'elsewhere' });
    await site.gate.pass(10);
    site.clock.quality = 'unsynced';
    await site.gate.pass(20_000);
    site.gate.present('in', person);
    await site.gate.pass(10);
    expect(site.on(`${ROOT}ha/access`).map((text) => JSON.parse(text))).toEqual([
      { event_type: 'granted', access_point: 'main-in', direction: 'in' },
      { event_type: 'denied', reason: 'gp:WrongSite', access_point: 'main-in', direction: 'in' },
      { event_type: 'referred', reason: 'gp:ClockUntrusted', access_point: 'main-in', direction: 'in' },
    ]);
    expect(site.broker.arrived.some(({ topic, retain }) => topic.endsWith('ha/access') && retain)).toBe(
      false,
    );
    expect(JSON.parse(site.on(`${ROOT}ha/state`).at(-1) ?? '')).toEqual({
      waiting: 1,
      decision: {
        outcome: 'Denied',
        reason: 'gp:WrongSite',
        access_point: 'main-in',
        direction: 'in',
        time: expect.any(String),
      },
    });
    const told = site.broker.arrived
      .filter(({ topic }) => /homeassistant|\/ha\//.test(topic))
      .map(({ payload }) => new TextDecoder().decode(payload))
      .join();
    for (const personal of Object.values(person)) expect(told).not.toContain(personal);
  });
});

describe('what Home Assistant may do', () => {
  it('is nothing where the site has not said so: no lock to order, and nothing is read', async () => {
    const site = await Site.opens(ON);
    expect(site.unlockReader).toBeUndefined();
    expect(site.on(DISCOVERY).at(-1)).not.toContain('command_topic');
    expect(site.on(DISCOVERY).at(-1)).not.toContain('unlock');
  });

  it('is to open once, on record before the lock moves, as an order with its name', async () => {
    const site = await Site.opens(OPENS);
    await site.sends('UNLOCK');
    expect(site.opened).toBe(1);
    expect(site.gate.data('operator.override')).toMatchObject([
      { operator: 'homeassistant', action: 'open', accessPoint: 'main-in', note: 'Home Assistant' },
    ]);
    expect(site.gate.data('access.granted')).toMatchObject([{ decidedBy: 'homeassistant' }]);
    const names = site.gate.store.outbox.readAfter(0, 100).map(({ name }) => name);
    expect(names.indexOf('operator.override')).toBeLessThan(names.indexOf('access.granted'));
    await site.gate.pass(20_000);
    await site.sends('LOCK');
    expect(site.opened).toBe(1);
    await site.sends('UNLOCK', { topic: `${ROOT}ha/unlock/main-out` });
    expect(site.opened).toBe(2);
    await site.restart(ON);
    expect(site.unlockReader).toBeUndefined();
    expect(site.on(DISCOVERY).at(-1)).toContain('"lock_main-in":{"platform":"lock"}');
  });

  it('is nothing by any message but that one', async () => {
    const site = await Site.opens(OPENS);
    const attacks: readonly [what: string, payload: string, changes: Partial<IncomingMessage>][] = [
      ['retained', 'UNLOCK', { retained: true }],
      ['in small letters', 'unlock', {}],
      ['with a space', 'UNLOCK ', {}],
      ['with a line', 'UNLOCK\n', {}],
      ['with a byte order mark', '\uFEFFUNLOCK', {}],
      ['with another word', 'OPEN', {}],
      ['of JSON', '{"action":"UNLOCK"}', {}],
      ['of a megabyte', 'UNLOCK'.repeat(200_000), {}],
      ['that is empty', '', {}],
      ['for another access point', 'UNLOCK', { topic: `${ROOT}ha/unlock/cellar` }],
      ['for no access point', 'UNLOCK', { topic: `${ROOT}ha/unlock/` }],
      ['for a name of the language', 'UNLOCK', { topic: `${ROOT}ha/unlock/__proto__` }],
    ];
    for (const [what, payload, changes] of attacks) {
      await site.sends(payload, changes);
      expect(site.opened, what).toBe(0);
    }
    expect(site.gate.data('operator.override')).toEqual([]);
    expect(site.gate.data('access.granted')).toEqual([]);
    await site.sends('UNLOCK');
    expect(site.opened).toBe(1);
  });

  it('is nothing while the door is kept shut, nor without a record', async () => {
    const site = await Site.opens(OPENS);
    const guard = { operator: 'chen', note: 'test' };
    for (const [shut, end] of [
      ['lockdown', 'lockdown-release'],
      ['block', 'unblock'],
    ] as const) {
      site.gate.desk.give({ type: 'door', door: 'main', verb: shut, ...guard });
      await site.sends('UNLOCK');
      await site.sends('UNLOCK', { topic: `${ROOT}ha/unlock/main-out` });
      expect(site.opened).toBe(0);
      site.gate.desk.give({ type: 'door', door: 'main', verb: end, ...guard });
    }
    await site.gate.store.stop();
    await site.sends('UNLOCK');
    expect(site.opened).toBe(0);
  });

  it('is not what may have waited while the program stood still', async () => {
    const site = await Site.opens(OPENS);
    site.gate.standstills.end(site.clock.read().monotonicMs);
    await site.sends('UNLOCK');
    expect(site.opened).toBe(0);
    await site.gate.pass(1_000);
    await site.sends('UNLOCK');
    expect(site.opened).toBe(1);
  });

  it('has an end: a message twice opens once, and a flood opens now and then', async () => {
    const site = await Site.opens(OPENS);
    await site.sends('UNLOCK');
    await site.sends('UNLOCK');
    expect(site.opened).toBe(1);
    for (let second = 0; second < 600; second += 1) {
      await site.sends('UNLOCK');
      site.clock.advance(990);
    }
    // Six at once, and one in 30 s: 26 in ten minutes.
    expect(site.opened).toBeLessThanOrEqual(26);
    expect(site.opened).toBeGreaterThan(5);
    expect(site.gate.data('operator.override').length).toBeLessThanOrEqual(26);
  });
});

/** What Home Assistant takes, as its documentation of MQTT discovery has it; other keys would be ignored. */
const topic = z.string().regex(/^[^+#]+$/);
const availability = z.array(z.strictObject({ topic, value_template: z.string() }));
const entity = {
  unique_id: z.string().regex(/^[a-zA-Z0-9_-]+$/),
  name: z.string().min(1),
  qos: z.literal(1),
  state_topic: topic,
  availability: availability.exactOptional(),
  entity_category: z.enum(['config', 'diagnostic']).exactOptional(),
  json_attributes_topic: topic.exactOptional(),
  json_attributes_template: z.string().exactOptional(),
};
const COMPONENT = z.discriminatedUnion('platform', [
  z.strictObject({
    platform: z.literal('binary_sensor'),
    ...entity,
    device_class: z.enum(['connectivity', 'problem', 'door', 'tamper', 'safety', 'lock']),
    value_template: z.string(),
  }),
  z.strictObject({
    platform: z.literal('sensor'),
    ...entity,
    device_class: z.literal('enum').exactOptional(),
    options: z.array(z.string()).exactOptional(),
    state_class: z.literal('measurement').exactOptional(),
    value_template: z.string(),
  }),
  z.strictObject({ platform: z.literal('event'), ...entity, event_types: z.array(z.string()).min(1) }),
  z.strictObject({
    platform: z.literal('lock'),
    ...entity,
    command_topic: topic,
    payload_lock: z.string(),
    payload_unlock: z.string(),
    optimistic: z.literal(false),
    retain: z.literal(false),
    value_template: z.string(),
  }),
]);
const REMOVED = z.strictObject({ platform: z.enum(['lock', 'binary_sensor']) });
const MESSAGE = z.strictObject({
  device: z.strictObject({
    identifiers: z.array(z.string()).min(1),
    name: z.string(),
    manufacturer: z.string(),
    model: z.string(),
    sw_version: z.string(),
  }),
  origin: z.strictObject({ name: z.string(), sw_version: z.string() }),
  availability,
  components: z.record(z.string().regex(/^[a-z0-9_-]+$/), z.union([REMOVED, COMPONENT])),
});

const gateWith = (unlock: boolean): DiscoveredGate => ({
  site: {
    site: 'willow-court',
    gate: 'north',
    name: 'Willow Court, North gate',
    timeZone: 'Asia/Shanghai',
    software: '0.1.0',
    simulated: false,
    recordsDegrees: false,
  },
  doors: [
    { id: 'main', name: 'Main door', hasContact: true, hasTamper: true, hasFire: true },
    { id: 'side', name: 'Side door', hasContact: false, hasTamper: false, hasFire: false },
  ],
  accessPoints: [
    { id: 'main-in', door: 'main', direction: 'in' },
    { id: 'main-out', door: 'main', direction: 'out' },
    { id: 'side-in', door: 'side', direction: 'in' },
  ],
  unlock,
});

describe('the message of discovery', () => {
  it.each([false, true])('has the form that Home Assistant reads (unlock %s)', (unlock) => {
    const message = MESSAGE.parse(JSON.parse(JSON.stringify(discoveryMessage(gateWith(unlock)))));
    const parts = Object.values(message.components).filter((one) => 'unique_id' in one);
    const ids = parts.map(({ unique_id }) => unique_id);
    expect(new Set(ids).size).toBe(ids.length);
    const platforms = new Set(parts.map(({ platform }) => platform));
    expect([...platforms].sort()).toEqual(
      ['binary_sensor', 'event', ...(unlock ? ['lock'] : []), 'sensor'].sort(),
    );
    const commands = parts.flatMap((one) => ('command_topic' in one ? [one.command_topic] : []));
    const root = 'gates/v1/willow-court/north/';
    const ways = ['main-in', 'main-out', 'side-in'];
    expect(commands).toEqual(unlock ? ways.map((way) => `${root}ha/unlock/${way}`) : []);
    // Whatever an earlier message had is named, so that Home Assistant removes it.
    expect(Object.keys(message.components).sort()).toEqual(
      Object.keys(MESSAGE.parse(discoveryMessage(gateWith(!unlock))).components).sort(),
    );
  });
});

needs('python3-jinja2')('the templates of discovery', () => {
  const RENDER = `
import json, sys, jinja2
env = jinja2.Environment(undefined=jinja2.StrictUndefined)
print(json.dumps([env.from_string(t).render(value_json=v, value=json.dumps(v)) for t, v in json.load(sys.stdin)]))
`;
  const render = (cases: readonly (readonly [template: string, value: unknown])[]): string[] =>
    JSON.parse(
      execFileSync('/usr/bin/python3', ['-c', RENDER], { input: JSON.stringify(cases), encoding: 'utf8' }),
    );
  const samples = join(packageRoot(), 'config/contract/samples/states');
  const sampleOf = (topic: string): unknown => {
    if (topic.endsWith('ha/state')) return { waiting: 2, decision: {} };
    const [, word = ''] = /\/state\/(\w+)/.exec(topic) ?? [];
    const file = readdirSync(samples).find((name) => name.startsWith(word)) ?? '';
    return JSON.parse(readFileSync(join(samples, file), 'utf8'));
  };

  it('find what they name in the states that the gate publishes, and say what the platform knows', () => {
    const all = [false, true].flatMap((unlock) =>
      Object.entries(
        MESSAGE.parse(JSON.parse(JSON.stringify(discoveryMessage(gateWith(unlock))))).components,
      ),
    );
    const checks = all.flatMap(([key, one]) => {
      if (!('value_template' in one)) return [];
      const { platform, state_topic, value_template } = one;
      const known: Readonly<Record<string, RegExp>> = {
        binary_sensor: /^(ON|OFF|None)$/,
        lock: /^(LOCKED|UNLOCKED|None)$/,
        sensor: 'options' in one ? new RegExp(`^(${one.options?.join('|')}|None)$`) : /./,
      };
      return [
        { key, template: value_template, value: sampleOf(state_topic), known: known[platform] ?? /^$/ },
      ];
    });
    expect(checks.length).toBeGreaterThan(25);
    const results = render(checks.map(({ template, value }) => [template, value]));
    const wrong = checks.flatMap(({ key, known }, at) =>
      known.test(results[at] ?? '') ? [] : [[key, results[at]]],
    );
    expect(wrong).toEqual([]);
  });

  it('say of the lock what is so', () => {
    const { components, availability: [gate] = [] } = MESSAGE.parse(
      JSON.parse(JSON.stringify(discoveryMessage(gateWith(true)))),
    );
    const lock = components['lock_main-in'];
    const door = components.door_main;
    if (
      lock === undefined ||
      !('value_template' in lock) ||
      door === undefined ||
      !('value_template' in door)
    )
      throw new Error('There is no lock.');
    const locks = ['Locked', 'Blocked', 'LockedDown', 'Unlocked', 'Accessed', 'LockedOpen', 'Unknown'];
    const leaves = ['Open', 'Closed', 'Unknown', 'Fault'];
    const conns = ['ready', 'degraded', 'init', 'disconnected', 'lost'];
    expect(
      render([
        ...locks.map((mode) => [lock.value_template, { mode }] as const),
        [lock.value_template, { mode: 'Locked', fire: true }],
        ...leaves.map((physical) => [door.value_template, { physical }] as const),
        ...conns.map((state) => [gate?.value_template ?? '', { state }] as const),
      ]),
    ).toEqual([
      ...['LOCKED', 'LOCKED', 'LOCKED', 'UNLOCKED', 'UNLOCKED', 'UNLOCKED', 'None'],
      'UNLOCKED',
      ...['ON', 'OFF', 'None', 'None'],
      ...['online', 'online', 'online', 'offline', 'offline'],
    ]);
  });
});
