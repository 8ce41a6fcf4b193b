import { describe, expect, it } from 'vitest';
import { LimitedLog } from '../../src/app/log/limited-log.ts';
import { ROW_LIMITS } from '../../src/app/log/row-limits.ts';
import type { AccessData, EventDraft, EventName } from '../../src/core/events/event.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { accessGranted, SAMPLE_ACCESS } from '../support/gate/event-samples.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { RecordingLog } from '../support/store/recording-log.ts';
import { openStore, temporaryFolder } from '../support/store/store-folder.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const { burst, everyMs, owed } = ROW_LIMITS.change;
const NEVER = new AbortController().signal;

function limited(log = new RecordingLog(), clock = new VirtualClock()) {
  return { log, clock, limits: new LimitedLog({ log, clock, logger: new SilentLogger() }) };
}

/** A draft at the present time of the clock. */
function draft(clock: VirtualClock, name: EventName, subject: string, data: object): EventDraft {
  return { name, subject, data, timeMs: clock.read().wallMs, timeQuality: 'synced' } as EventDraft;
}

function moved(clock: VirtualClock, state: string, door = 'main'): EventDraft {
  return draft(clock, 'door.physical', door, { door, state });
}

function refused(clock: VirtualClock, data: Partial<AccessData>): EventDraft {
  const refusal = {
    decision: 'Denied',
    reason: 'CredentialExpired',
    reasons: ['CredentialExpired'],
  } as const;
  return draft(clock, 'access.denied', 'main-in', { ...SAMPLE_ACCESS, ...refusal, ...data });
}

const countedIn = (log: RecordingLog) =>
  log.events.map(({ data }) => ('counted' in data ? (data.counted ?? 1) : 1));
const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);

describe('a contact that flickers', () => {
  it('has a row each time at first, then one in ten minutes, and no change is left out of the count', () => {
    const { log, clock, limits } = limited();
    const changes = (2 * HOUR_MS) / 1_000;
    for (let change = 0; change < changes; change++) {
      limits.commit({ events: [moved(clock, change % 2 === 0 ? 'Open' : 'Closed')] });
      clock.advance(1_000);
    }
    clock.advance(everyMs + MINUTE_MS);
    expect(countedIn(log).slice(0, burst)).toEqual(Array(burst).fill(1));
    expect(log.events.length).toBeLessThanOrEqual(burst + owed + (2 * HOUR_MS) / everyMs + 1);
    expect(sum(countedIn(log))).toBe(changes);
  });

  it('ends in the log with the state it has, at the time it came', () => {
    const { log, clock, limits } = limited();
    for (let change = 0; change < 101; change++)
      limits.commit({ events: [moved(clock, change % 2 === 0 ? 'Open' : 'Closed')] });
    const { wallMs } = clock.read();
    clock.advance(everyMs + MINUTE_MS);
    expect(log.events.at(-1)).toMatchObject({ data: { state: 'Open', counted: 89 }, timeMs: wallMs });
    expect(clock.pendingTimers()).toBe(0);
  });

  it('does not hide what is new: another state, another door, another event', () => {
    const { log, clock, limits } = limited();
    for (let change = 0; change < 40; change++) limits.commit({ events: [moved(clock, 'Open')] });
    limits.commit({ events: [moved(clock, 'Fault')] });
    limits.commit({ events: [moved(clock, 'Open', 'side')] });
    limits.commit({
      events: [draft(clock, 'door.alarm', 'main', { door: 'main', alarm: 'DoorForcedOpen' })],
    });
    expect(log.events.slice(burst)).toMatchObject([
      { data: { state: 'Fault', counted: 29 } },
      { data: { door: 'side' } },
      { name: 'door.alarm' },
    ]);
  });

  it('is not limited by the passages of people', () => {
    const { log, clock, limits } = limited();
    for (let passage = 0; passage < 500; passage++) {
      limits.commit({ events: [accessGranted()] });
      for (const state of ['Open', 'Closed']) limits.commit({ events: [moved(clock, state)] });
      clock.advance(2_000);
    }
    expect(log.events).toHaveLength(1_500);
  });
});

describe('refusals', () => {
  it('of one genuine pass are counted together, and those of others are not', () => {
    const { log, clock, limits } = limited();
    for (let turn = 0; turn < 200; turn++) limits.commit({ events: [refused(clock, {})] });
    expect(log.events).toHaveLength(ROW_LIMITS.pass.burst);
    limits.commit({ events: [refused(clock, { passId: 'ffffffffffffffff' })] });
    expect(log.events).toHaveLength(ROW_LIMITS.pass.burst + 1);
    limits.commit({ events: [refused(clock, { reason: 'gp:Revoked', reasons: ['gp:Revoked'] })] });
    expect(log.events.at(-1)?.data).toMatchObject({ reason: 'gp:Revoked', counted: 171 });
  });

  it('of a thousand found cards have a limit of their own', () => {
    const { log, clock, limits } = limited();
    for (let turn = 0; turn < 3_000; turn++) {
      const passId = (turn % 1_500).toString(16).padStart(16, '0');
      limits.commit({ events: [refused(clock, { passId })] });
    }
    expect(log.events).toHaveLength(ROW_LIMITS.passes.burst);
    clock.advance(ROW_LIMITS.passes.everyMs + MINUTE_MS);
    expect(log.events).toHaveLength(ROW_LIMITS.passes.burst + 1);
    expect(sum(countedIn(log))).toBe(3_000);
  });

  it('by a guard, grants and what becomes of them always have their row, and so has duress with a grant', () => {
    const { log, clock, limits } = limited();
    for (let turn = 0; turn < 200; turn++) {
      limits.commit({ events: [refused(clock, { decidedBy: 'chen' })] });
      limits.commit({ events: [accessGranted(), draft(clock, 'access.duress', 'main-in', SAMPLE_ACCESS)] });
      limits.commit({ events: [draft(clock, 'access.nottaken', 'main-in', SAMPLE_ACCESS)] });
    }
    expect(log.events).toHaveLength(800);
  });

  it('keep their effects, each', () => {
    const { log, clock, limits } = limited();
    const entries: number[] = [];
    const commit = log.commit.bind(log);
    log.commit = (entry) => {
      entries.push(entry.effects?.length ?? 0);
      return commit(entry);
    };
    for (let turn = 0; turn < 200; turn++)
      limits.commit({ events: [refused(clock, {})], effects: [{ kind: 'dropCounts', beforeDay: 1 }] });
    expect(sum(entries)).toBe(200);
  });
});

describe('rows that are counted together', () => {
  const told = (clock: VirtualClock, numbers: object) =>
    draft(clock, 'device.scanner', 'main-in', {
      device: 'scanner:main-in',
      status: 'ok',
      cause: 'scanner_kept',
      ...numbers,
    });

  it('sum up the codes that had no row', () => {
    const { log, clock, limits } = limited();
    for (let turn = 0; turn < burst; turn++) limits.commit({ events: [told(clock, { dropped: 1 })] });
    limits.commit({ events: [told(clock, { dropped: 3 })] });
    limits.commit({ events: [told(clock, { dropped: 4 })] });
    limits.commit({ events: [told(clock, { unreadable: 5 })] });
    clock.advance(everyMs + MINUTE_MS);
    expect(log.events.at(-1)?.data).toMatchObject({ dropped: 7, unreadable: 5, counted: 3 });
  });

  it('wait for a log that can be written again', () => {
    const { log, clock, limits } = limited();
    for (let change = 0; change < 50; change++) limits.commit({ events: [moved(clock, 'Open')] });
    log.broken = true;
    clock.advance(2 * everyMs);
    log.broken = false;
    clock.advance(MINUTE_MS);
    expect(log.events.at(-1)?.data).toMatchObject({ counted: 38 });
  });

  it('are written at a stop', async () => {
    const { log, clock, limits } = limited();
    for (let change = 0; change < 50; change++) limits.commit({ events: [moved(clock, 'Open')] });
    await limits.stop();
    expect(log.events.at(-1)?.data).toMatchObject({ counted: 38 });
    expect(clock.pendingTimers()).toBe(0);
  });
});

describe('a gate that is started again and again', () => {
  it('writes no more than one that runs, also where nothing was written at its end', async () => {
    const began = new VirtualClock();
    const store = await openStore(temporaryFolder(), { clock: began });
    const from = store.outbox.position().lastSequence;
    const runs = 240;
    for (let run = 0; run < runs; run++) {
      // The timers of a process end with it.
      const clock = new VirtualClock(began.read().wallMs);
      const limits = new LimitedLog({ log: store.log, clock, logger: new SilentLogger() });
      await limits.start(NEVER);
      limits.commit({
        events: [
          draft(clock, 'device.started', 'north', { software: '1', configDigest: '0', unclean: true }),
        ],
      });
      if (run % 2 === 0) await limits.stop();
      began.advance(MINUTE_MS);
    }
    const rows = store.outbox.position().lastSequence - from;
    await store.stop();
    const inTime = (runs * MINUTE_MS) / everyMs;
    expect(rows).toBeGreaterThan(inTime);
    expect(rows).toBeLessThanOrEqual(burst + owed + 1 + inTime);
  });
});
