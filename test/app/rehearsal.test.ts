import { expect, it } from 'vitest';
import { GatepostError } from '../../src/core/errors.ts';
import type { StoredEvent } from '../../src/core/events/event.ts';
import type { Policy } from '../../src/core/policy/policy.ts';
import type { LogRehearsal } from '../../src/ports/event-log.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { NOW_S } from '../support/gate/pass-samples.ts';
import { policy } from '../support/gate/policy-samples.ts';
import { RuleGate } from '../support/gate/rule-gate.ts';
import { temporaryFolder } from '../support/store/store-folder.ts';

const NOW_MS = NOW_S * 1000;
const RULES = policy({ normal: { kinds: { resident: {} } } });

async function rehearsing(rules: Policy, how?: (log: LogRehearsal) => LogRehearsal) {
  const rows: StoredEvent[] = [];
  const listened = (log: LogRehearsal): LogRehearsal => ({
    rehearse: (entry) => {
      const written = log.rehearse(entry);
      rows.push(...written);
      return written;
    },
  });
  const gate = await RuleGate.start(temporaryFolder(), new VirtualClock(NOW_MS), rules, {
    rehearsal: how ?? listened,
  });
  const names = () => rows.splice(0).map(({ name }) => name);
  return { gate, rows, names };
}

it('plays passages up to their rows before the gate is ready, and nothing of them is left', async () => {
  const { gate, rows, names } = await rehearsing(RULES);
  // Each was taken back before the next.
  expect(new Set(rows.map(({ sequence }) => sequence)).size).toBe(1);
  expect(names()).toEqual(['access.granted', 'access.granted', 'access.granted']);
  const kept = gate.store.outbox.readAfter(0, 1_000);
  expect(kept.map(({ name }) => name).filter((name) => name.startsWith('access.'))).toEqual([]);
  expect(kept.map(({ sequence }) => sequence)).toEqual(kept.map((_, i) => i + 1));
  expect(gate.actuator.pulses).toEqual([]);
  expect(gate.store.holderState.occupancy()).toBe(0);
  expect(gate.feed.get('passage/main-in')?.passage).toBeUndefined();
  expect(gate.logger.lines.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
  expect((await gate.goes('in', {}))?.granted).toBe(true);
  expect(gate.actuator.pulses).toHaveLength(1);
  await gate.stop();
});

it('plays one a minute while nobody is at the gate, and none with somebody there', async () => {
  const { gate, names } = await rehearsing(RULES);
  names();
  await gate.pass(10 * 60_000);
  expect(names()).toHaveLength(10);
  // Somebody is on the way through when the next is due.
  await gate.pass(57_000);
  expect(gate.show('in', {})?.granted).toBe(true);
  await gate.pass(3_000);
  expect(names()).toEqual([]);
  await gate.pass(60_000);
  expect(names()).toHaveLength(1);
  await gate.stop();
  expect(gate.clock.pendingTimers()).toBe(0);
});

it('follows the rules in force, and opens nothing where they refuse', async () => {
  const { gate, names } = await rehearsing(policy({ normal: { kinds: {} } }));
  expect(names()).toEqual(['access.denied', 'access.denied', 'access.denied']);
  expect(gate.actuator.pulses).toEqual([]);
  await gate.stop();
});

it.each([
  ['a log that cannot be written', new GatepostError('log.unavailable', 'The disk is full.'), []],
  ['anything else', new Error('broken'), ['warn']],
] as const)('keeps no gate from starting: %s', async (_, error, said) => {
  const { gate } = await rehearsing(RULES, () => ({
    rehearse: () => {
      throw error;
    },
  }));
  const lines = gate.logger.lines.filter(({ message }) => message.includes('rehearsal'));
  expect(lines.map(({ level }) => level)).toEqual(said);
  expect((await gate.goes('in', {}))?.granted).toBe(true);
  await gate.stop();
});
