import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readLacks } from '../../src/adapters/sqlite/receipt-book.ts';
import type { StateByName } from '../../src/core/contract/states.ts';
import { checkServers } from '../../src/doctor/servers.ts';
import { ScriptedBroker } from '../support/broker/scripted-broker.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { RuleGate, type RuleGateOptions, SITE } from '../support/gate/rule-gate.ts';
import { siteMs } from '../support/gate/scene.ts';
import { WILLOW_COURT } from '../support/gate/willow-court.ts';
import { temporaryFolder } from '../support/store/store-folder.ts';

const ROOT = `gates/v1/${SITE}/north/`;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SERVERS = ['central', 'district'] as const;
const OTHER_EPOCH = '01890a5d-ac96-774b-bcce-b302099a8057';

/** A gate with a broker that takes everything, and servers behind it. */
class Served {
  readonly gate: RuleGate;
  readonly broker: ScriptedBroker;

  private constructor(gate: RuleGate, broker: ScriptedBroker) {
    this.gate = gate;
    this.broker = broker;
  }

  static async start({
    folder = temporaryFolder(),
    clock = new VirtualClock(siteMs('2020-02-24 08:00')),
    broker = new ScriptedBroker(),
    ...options
  }: RuleGateOptions & {
    folder?: string;
    clock?: VirtualClock;
    broker?: ScriptedBroker;
  } = {}): Promise<Served> {
    const gate = await RuleGate.start(folder, clock, WILLOW_COURT, { broker, servers: SERVERS, ...options });
    const served = new Served(gate, broker);
    await served.pass(1_000);
    return served;
  }

  /** Lets time pass, with what the broker answers meanwhile. */
  async pass(ms: number): Promise<void> {
    await this.gate.clock.advanceAsync(ms, Math.max(50, ms / 20));
    await this.gate.pass(0);
  }

  get epoch(): string {
    return this.gate.store.outbox.position().epoch;
  }
  get last(): number {
    return this.gate.store.outbox.position().lastSequence;
  }

  /** A server publishes on `ack/<server>`. */
  async says(server: string, value: unknown): Promise<void> {
    const topic = `${ROOT}ack/${server}`;
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const reader = this.broker.connection?.subscriptions.find(({ topics }) =>
      topics.includes(`${ROOT}ack/+`),
    );
    reader?.onMessage({ topic, payload: new TextEncoder().encode(text), retained: true, qos: 1 });
    await this.pass(61_000);
  }

  receiptOf(server: string): { epoch: string; upTo: number } | undefined {
    const [views = []] = this.gate.state.servers.values;
    return views.find((view) => view.server === server)?.receipt;
  }

  published(topic: string): Record<string, unknown> | undefined {
    const message = this.broker.arrived.findLast((one) => one.topic === ROOT + topic);
    return message === undefined || message.payload.length === 0
      ? undefined
      : JSON.parse(new TextDecoder().decode(message.payload));
  }

  warnings(): string[] {
    return this.gate.logger.lines.filter(({ level }) => level === 'warn').map(({ message }) => message);
  }
}

describe('the receipt of a server', () => {
  it('is told in state/servers, and what each server lacks', async () => {
    const served = await Served.start();
    const { epoch, last } = served;
    await served.says('central', { epoch, upTo: last, note: 'a member that is not known' });
    await served.says('district', { epoch, upTo: 1 });
    const told = served.published('state/servers') as StateByName['servers'] | undefined;
    expect(told?.servers).toEqual([
      { server: 'central', receipt: { epoch, upTo: last }, late: false },
      { server: 'district', receipt: { epoch, upTo: 1 }, lacksSince: expect.any(String), late: false },
    ]);
  });

  it.each([
    ['beyond the last event', ({ epoch, last }: Served) => ({ epoch, upTo: last + 100 })],
    ['of another epoch', () => ({ epoch: OTHER_EPOCH, upTo: 1 })],
    ['below nothing', ({ epoch }: Served) => ({ epoch, upTo: -1 })],
  ])('that was kept %s counts as none at a start, and is told', async (_what, receiptOf) => {
    const folder = temporaryFolder();
    const served = await Served.start({ folder });
    served.gate.store.receipts.keep([{ server: 'central', ...receiptOf(served) }]);
    await served.gate.stop();
    const { clock } = served.gate;
    const again = await Served.start({ folder, clock });
    expect(again.receiptOf('central')).toBeUndefined();
    expect(again.warnings()).toContainEqual(
      expect.stringContaining('The receipt of the server central that was kept'),
    );
    await again.says('central', { epoch: again.epoch, upTo: 2 });
    expect(again.receiptOf('central')).toEqual({ epoch: again.epoch, upTo: 2 });
  });

  it.each([
    ['beyond the last event', ({ epoch, last }: Served) => ({ epoch, upTo: last + 1 })],
    ['of another epoch', () => ({ epoch: OTHER_EPOCH, upTo: 1 })],
    ['below nothing', ({ epoch }: Served) => ({ epoch, upTo: -1 })],
    ['with half a number', ({ epoch }: Served) => ({ epoch, upTo: 1.5 })],
    ['with a number in words', ({ epoch }: Served) => ({ epoch, upTo: '2' })],
    ['without an epoch', () => ({ upTo: 2 })],
    ['that is no object', () => '[1]'],
    ['that is no JSON', () => '{"epoch":'],
    ['that is empty', () => ''],
    ['that is endless', ({ epoch }: Served) => ({ epoch, upTo: 2, note: 'x'.repeat(2_000) })],
  ])('%s is ignored, and the one before stays', async (_what, receiptOf) => {
    const served = await Served.start();
    const good = { epoch: served.epoch, upTo: 2 };
    await served.says('central', good);
    await served.says('central', receiptOf(served));
    await served.says('central', receiptOf(served));
    expect(served.receiptOf('central')).toEqual(good);
    const about = served.warnings().filter((text) => text.includes('receipt of the server central'));
    expect(about.length).toBeLessThanOrEqual(1);
  });

  it('of a server that the site does not name is ignored and named once, whatever its name', async () => {
    const served = await Served.start();
    for (let time = 0; time < 3; time++) {
      for (const name of ['stranger', '../../x', '💥', 'a'.repeat(500)])
        await served.says(name, { epoch: served.epoch, upTo: 1 });
    }
    expect(served.warnings().filter((text) => text.includes('stranger'))).toHaveLength(1);
    expect(served.warnings().filter((text) => text.includes('another name'))).toHaveLength(1);
    expect(JSON.stringify(served.published('state/servers'))).not.toContain('stranger');
  });

  it('that goes back is believed: the server alone knows what it has lost', async () => {
    const served = await Served.start();
    const { epoch } = served;
    await served.says('central', { epoch, upTo: 3 });
    await served.says('central', { epoch, upTo: 0 });
    expect(served.receiptOf('central')).toEqual({ epoch, upTo: 0 });
    expect(served.warnings().some((text) => text.includes('it has lost events'))).toBe(true);
  });

  it('is known after a restart without a broker', async () => {
    const folder = temporaryFolder();
    const before = await Served.start({ folder });
    const { epoch } = before;
    await before.says('central', { epoch, upTo: 3 });
    await before.gate.stop();
    const broker = new ScriptedBroker();
    broker.present = false;
    const after = await Served.start({ folder, clock: before.gate.clock, broker });
    expect(after.receiptOf('central')).toEqual({ epoch, upTo: 3 });
    expect(after.receiptOf('district')).toBeUndefined();
  });

  it('raises an alert where a server lacks events for more than a day, until it has them', async () => {
    const served = await Served.start();
    const { gate } = served;
    await served.says('central', { epoch: served.epoch, upTo: served.last });
    expect(served.published('alert/servers')).toBeUndefined();
    gate.clock.holdUp(25 * HOUR_MS);
    await served.pass(61_000);
    expect(served.published('alert/servers')).toMatchObject({
      severity: 'warning',
      text: expect.stringMatching(
        /^The server district lacks events since 2020-02-24T00:00:\S+: look whether/,
      ),
    });
    await served.says('district', { epoch: served.epoch, upTo: served.last });
    await served.says('central', { epoch: served.epoch, upTo: served.last });
    expect(served.published('alert/servers')).toBeUndefined();
  });
});

describe('gatepost doctor', () => {
  it('says which server lacks events for too long, beside the running gate', async () => {
    const served = await Served.start();
    const { store, clock } = served.gate;
    await served.says('central', { epoch: served.epoch, upTo: served.last });
    const lacks = () => readLacks(dirname(store.path), SERVERS);
    const nowMs = clock.read().wallMs;
    const judged = (hours: number) =>
      checkServers({ lateAfterHours: 24, lacks }, nowMs + hours * HOUR_MS).map(({ grade }) => grade);
    expect(judged(23)).toEqual(['ok', 'ok']);
    expect(judged(25)).toEqual(['ok', 'warn']);
  });
});

describe('what is purged', () => {
  it.each([
    [{ central: 'all', district: 'all' }, false],
    [{ central: 'all', district: 'none' }, true],
    [{ central: 'all' }, true],
  ] as const)('with receipts %j: rows are named as unacknowledged: %s', async (receipts, named) => {
    const served = await Served.start();
    const { gate } = served;
    const { epoch } = served;
    await gate.goes('in', { holderRef: 'aaaaaaaaaaaa' });
    await served.pass(120_000);
    // The broker has all of it.
    expect(gate.store.outbox.position().publishedSequence).toBe(served.last);
    for (const [server, has] of Object.entries(receipts))
      await served.says(server, { epoch, upTo: has === 'all' ? served.last : 0 });
    const sent = served.last;
    gate.clock.holdUp(15 * DAY_MS);
    await gate.pass(10 * 60_000);
    await gate.pass(10 * 60_000);
    const [purged] = gate.data('log.purged').filter((data) => data.class === 'access');
    expect(purged?.count).toBeGreaterThan(0);
    if (!named) expect(purged?.unacknowledged).toBeUndefined();
    else expect(purged?.unacknowledged?.last).toBeLessThanOrEqual(sent);
    // It goes at its time all the same.
    expect(JSON.stringify(gate.data('access.granted'))).not.toContain('aaaaaaaaaaaa');
  });
});
