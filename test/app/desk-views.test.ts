import { describe, expect, it } from 'vitest';
import { replaceDirectory } from '../../src/adapters/sqlite/directory-file.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { NOW_S } from '../support/gate/pass-samples.ts';
import { policy } from '../support/gate/policy-samples.ts';
import { RuleGate } from '../support/gate/rule-gate.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { temporaryFolder } from '../support/store/store-folder.ts';

const LI = { operator: 'Li Mei', note: 'as agreed' };
const HOUSE = 'a1b2c3d4e5f6';
const STRANGERS = '000000000001';
const ANNA = { passId: '00000000000000a1', holderRef: HOUSE };
const CARD = '00000000000000c3';
const NOW_MS = NOW_S * 1000;
const HOUR_MS = 3_600_000;
const ZHAO = { label: 'Zhao Lan', unit: '3-502' };

/** A gate that knows one household by name. */
async function open(rules = policy()) {
  const folder = temporaryFolder();
  const clock = new VirtualClock(NOW_MS);
  const gate = await RuleGate.start(folder, clock, rules);
  const place = { folder, site: 'willow-court', gate: 'north', clock, logger: new SilentLogger() };
  await replaceDirectory(place, [{ holderRef: HOUSE, ...ZHAO }], () => undefined);
  return gate;
}

describe("what the guard's desk is shown", () => {
  it('names the household of an order, and counts its reports', async () => {
    const gate = await open();
    gate.desk.give({ type: 'order', ...LI, kind: 'quarantine', subject: { holderRef: HOUSE } });
    gate.desk.give({ type: 'order', ...LI, kind: 'quarantine', subject: { holderRef: STRANGERS } });
    gate.desk.give({ type: 'order', ...LI, kind: 'suspension', subject: { passId: CARD } });
    gate.desk.give({ type: 'report', ...LI, holderRef: HOUSE });
    const shown = new Map(
      gate.feed
        .get('orders')
        ?.map(({ subject, holder, reportsToday }) => [
          'passId' in subject ? subject.passId : subject.holderRef,
          { holder, reportsToday },
        ]),
    );
    expect(shown.get(HOUSE)).toEqual({ holder: ZHAO, reportsToday: 1 });
    expect(shown.get(STRANGERS)).toEqual({ holder: undefined, reportsToday: 0 });
    expect(shown.get(CARD)).toEqual({ holder: undefined, reportsToday: undefined });
    await gate.stop();
  });

  it('names the host of a visitor', async () => {
    const gate = await open();
    const untilMs = NOW_MS + HOUR_MS;
    gate.desk.give({ type: 'visitor', ...LI, passId: CARD, label: 'Plumber', hostRef: HOUSE, untilMs });
    expect(gate.feed.get('visitors')).toMatchObject([{ passId: CARD, host: ZHAO, hostConfirmed: false }]);
    gate.desk.give({ type: 'confirm-host', ...LI, passId: CARD });
    expect(gate.feed.get('visitors')).toMatchObject([{ passId: CARD, host: ZHAO, hostConfirmed: true }]);
    await gate.stop();
  });

  it('tells which pass a decision was about, and what stands beside a grant', async () => {
    const gate = await open(policy({ normal: { antiPassback: { mode: 'soft' } } }));
    await gate.goes('in', ANNA);
    await gate.goes('in', ANNA);
    gate.show('in', 'no pass at all');
    const [unreadable, again, first] = gate.feed.get('decisions') ?? [];
    expect(first).toMatchObject({ passId: ANNA.passId, holder: ZHAO });
    expect(first).not.toHaveProperty('marks');
    expect(again).toMatchObject({ passId: ANNA.passId, marks: ['antipassback'] });
    expect(unreadable).not.toHaveProperty('passId');
    await gate.stop();
  });

  it('tells which levels hold the gate open', async () => {
    const gate = await open(policy({ open: { gate: 'open' }, strict: {} }));
    const { levels = [], openLevels } = gate.feed.get('policy') ?? {};
    expect([...levels].sort()).toEqual(['normal', 'open', 'strict']);
    expect(openLevels).toEqual(['open']);
    await gate.stop();
  });
});
