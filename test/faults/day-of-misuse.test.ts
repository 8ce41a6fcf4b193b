import { readFileSync, statSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { LIMITED_EVENTS, ROW_LIMITS, type RowLimit } from '../../src/app/log/row-limits.ts';
import { OperatorAccounts } from '../../src/app/operators/operator-accounts.ts';
import type { EventDataByName, EventName, StoredEvent } from '../../src/core/events/event.ts';
import { signPass } from '../../src/core/pass/issue-pass.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { NOW_S, sampleClaims, testSigner } from '../support/gate/pass-samples.ts';
import { policy } from '../support/gate/policy-samples.ts';
import { passText, RuleGate } from '../support/gate/rule-gate.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { MemoryBrowsers, MemoryOperators } from '../support/store/memory-operators.ts';
import { temporaryFolder } from '../support/store/store-folder.ts';

const SECOND_MS = 1_000;
const DAY_MS = 24 * 3_600_000;
/** Between two rounds of misuse, so that each source changes some hundred times a day: far above its limit. */
const ROUND_MS = 300 * SECOND_MS;
const ROUNDS = DAY_MS / ROUND_MS;
const RESTART_EVERY = 48;
const ORDER_EVERY = 24;
/** What src/adapters/sqlite/README.md says of one access point with its door. */
const ROWS_A_DAY = 7_368;
const MIB = 1024 * 1024;
/** Rows of the largest entry, which may be written with the last row that is owed. */
const OF_ONE_ENTRY = 3;

const { change, outside, stranger, pass, passes } = ROW_LIMITS;
/** Thermometer, distance sensor and scanner; codes that are no genuine pass; genuine passes that are refused. */
const OF_ACCESS_POINT = [change, change, change, stranger, passes];
/** Lock, contact, exit button, lid and fire as devices; movements, alarms and the lid of the door; presses. */
const OF_DOOR = [...Array<RowLimit>(8).fill(change), stranger];
/** Clock, disk, starts, stops; wrong passwords, refused lists. */
const OF_GATE = [...Array<RowLimit>(4).fill(change), outside, outside];

function rowsInADay(...limits: readonly RowLimit[]): number {
  return limits.reduce(
    (sum, { burst, owed, everyMs }) => sum + burst + owed + OF_ONE_ENTRY + DAY_MS / everyMs,
    0,
  );
}

function dataIn<N extends EventName>(rows: readonly StoredEvent[], name: N): EventDataByName[N][] {
  return rows
    .filter((row) => row.name === name)
    .map(({ body }) => JSON.parse(new TextDecoder().decode(body)).data);
}

const WRONG = { hash: async () => 'none', verify: async () => false };

describe('a day on which everything misbehaves at once', () => {
  const clock = new VirtualClock(NOW_S * SECOND_MS);
  let gate: RuleGate;
  const started: RuleGate[] = [];
  afterEach(async () => {
    for (const one of started.splice(0)) await one.stop();
  });

  const start = (folder: string) =>
    RuleGate.start(folder, clock, policy(), { thermometer: true, lookEveryMs: ROUND_MS / 2 });

  function accounts(): OperatorAccounts {
    return new OperatorAccounts({
      store: new MemoryOperators(),
      browsers: new MemoryBrowsers(),
      hasher: WRONG,
      log: gate.log,
      clock,
      logger: new SilentLogger(),
      gate: 'north',
      randomBytes: (count) => new Uint8Array(count),
      onSetUpCode: () => undefined,
    });
  }

  /** Every device comes or goes, and everybody without authority tries something. */
  async function misbehave(round: number): Promise<void> {
    const { sensors, contact, inputs } = gate;
    const odd = round % 2 === 1;
    inputs.tamper.is(odd ? 'Open' : 'Closed');
    // A fire masks the alarm of a forced door, so it ends before the door moves.
    inputs.fire.is(odd ? 'Closed' : 'Open');
    clock.quality = odd ? 'unsynced' : 'synced';
    if (odd) sensors.cables.in.unplug();
    else sensors.cables.in.plug();
    sensors.forehead.powerOn();
    await gate.pass(SECOND_MS);
    sensors.forehead.powerOff();
    for (const text of codes(round)) {
      gate.present('out', text);
      await gate.pass(SECOND_MS);
    }
    const bytes = new TextEncoder().encode(`no list ${round}`);
    await gate.lists.receive({ bytes, source: 'mqtt' });
    const remote = `2001:db8:${round.toString(16)}::1`;
    await accounts().login({ operator: `guess ${round}`, password: 'wrong', remote });
    // Nobody is under way any more: the press and the movement belong to nobody.
    await gate.pass(90 * SECOND_MS);
    contact.is(odd ? 'Open' : 'Closed');
    await gate.pass(20 * SECOND_MS);
    inputs.exitButton.is('Open');
    await gate.pass(SECOND_MS);
    inputs.exitButton.is('Closed');
    await gate.pass(20 * SECOND_MS);
    gate.logger.lines.length = 0;
  }

  /** What a prankster shows who cannot sign: a forgery, two cards that were found, and scraps of paper. */
  function codes(round: number): readonly string[] {
    const passId = round.toString(16).padStart(16, '0');
    return [
      signPass(sampleClaims({ passId }), testSigner('stranger')),
      passText({ passId: 'aaaaaaaaaaaaaaaa', issuedAt: NOW_S - 7_200, expiresAt: NOW_S - 60 }),
      passText({ passId: 'bbbbbbbbbbbbbbbb', site: 'elsewhere' }),
      `no pass ${round}`,
    ];
  }

  it('has a limit, with restarts too, and every opening and every order is on record', async () => {
    const folder = temporaryFolder();
    gate = await start(folder);
    started.push(gate);
    const emptyBytes = statSync(gate.store.path).size;
    let opened = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const endMs = clock.read().monotonicMs + ROUND_MS;
      await misbehave(round);
      if (round % ORDER_EVERY === 0) {
        const order = { type: 'open', accessPoint: 'main-in', operator: 'chen', note: 'knows her' } as const;
        if (gate.desk.give(order).status === 'done') opened += 1;
      }
      if (round % RESTART_EVERY === RESTART_EVERY - 1) {
        await gate.stop();
        gate = await start(folder);
        started[0] = gate;
      }
      await gate.pass(Math.max(0, endMs - clock.read().monotonicMs));
    }
    const rows = gate.store.outbox.readAfter(0, 1_000_000);
    const limited = rows.filter(({ name }) => LIMITED_EVENTS.includes(name));
    const ofThisGate = [...OF_ACCESS_POINT, ...OF_ACCESS_POINT, ...OF_DOOR, ...OF_GATE];
    expect(limited.length).toBeLessThanOrEqual(rowsInADay(...ofThisGate));
    expectLimits(rows);

    const bytesOfRow = (statSync(gate.store.path).size - emptyBytes) / rows.length;
    expect(bytesOfRow * ROWS_A_DAY).toBeLessThan(12 * MIB);
    const sent = rows.reduce((sum, { body }) => sum + body.length, 0) / rows.length;
    expect(sent * ROWS_A_DAY).toBeLessThan(8 * MIB);

    expect(opened).toBe(ROUNDS / ORDER_EVERY);
    const byGuard = dataIn(rows, 'access.granted').filter(({ decidedBy }) => decidedBy === 'chen');
    expect(byGuard).toHaveLength(opened);
    expect(dataIn(rows, 'operator.override')).toHaveLength(opened);
  });

  /** Each source was limited: it has no more rows than it may, and they stand for at least one change a round. */
  function expectLimits(all: readonly StoredEvent[]): void {
    const grants = dataIn(all, 'access.granted').length;
    const denied = dataIn(all, 'access.denied').filter(({ decidedBy }) => decidedBy === 'auto');
    const of = (passId: string) => denied.filter((data) => data.passId === passId);
    const sources = [
      { rows: dataIn(all, 'door.physical'), atMost: rowsInADay(change) + 4 * grants },
      { rows: dataIn(all, 'door.alarm'), atMost: rowsInADay(change) },
      { rows: dataIn(all, 'door.tamper'), atMost: rowsInADay(change) },
      { rows: dataIn(all, 'door.fault'), atMost: rowsInADay(change, change) },
      { rows: dataIn(all, 'device.clock'), atMost: rowsInADay(change) },
      { rows: dataIn(all, 'screening.sensor'), atMost: rowsInADay(change) },
      { rows: dataIn(all, 'device.scanner'), atMost: rowsInADay(change, change) },
      { rows: dataIn(all, 'operator.authfailed'), atMost: rowsInADay(outside) },
      { rows: dataIn(all, 'policy.rejected'), atMost: rowsInADay(outside) },
      { rows: denied.filter(({ passId }) => passId === undefined), atMost: rowsInADay(stranger) },
      { rows: of('aaaaaaaaaaaaaaaa'), atMost: rowsInADay(pass) },
      { rows: of('bbbbbbbbbbbbbbbb'), atMost: rowsInADay(pass) },
    ];
    for (const [index, { rows, atMost }] of sources.entries()) {
      expect(rows.length, `source ${index}`).toBeLessThanOrEqual(atMost);
      const times = rows.reduce((sum, { counted = 1 }) => sum + counted, 0);
      expect(times, `source ${index}`).toBeGreaterThanOrEqual(ROUNDS);
    }
  }

  it('is the figure in the README of the store', () => {
    expect(rowsInADay(...OF_ACCESS_POINT, ...OF_DOOR, ...OF_GATE)).toBe(ROWS_A_DAY);
    const readme = readFileSync('src/adapters/sqlite/README.md', 'utf8');
    expect(readme).toContain(
      `**${ROWS_A_DAY.toLocaleString('en')}, below 12 MiB of database and 8 MiB for the broker**`,
    );
  });
});
