import { describe, expect, it, onTestFinished } from 'vitest';
import { signPass } from '../../src/core/pass/issue-pass.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { NOW_S, sampleClaims, testSigner } from '../support/gate/pass-samples.ts';
import { policy } from '../support/gate/policy-samples.ts';
import { RuleGate } from '../support/gate/rule-gate.ts';
import { temporaryFolder } from '../support/store/store-folder.ts';

const PERSON = { passId: '00000000000000a1' };
const MINUTE_MS = 60_000;
const SCANNER = 'device/scanner:main-in';
/** The lock-out is over long before the noise. */
const RULES = policy({ normal: { lockOut: { attempts: 5, minutes: 1 } } });

async function openGate(): Promise<RuleGate> {
  const gate = await RuleGate.start(temporaryFolder(), new VirtualClock(NOW_S * 1000), RULES);
  onTestFinished(() => gate.stop());
  return gate;
}

let pieces = 0;

/** So many pieces of printable noise, one in so many milliseconds. */
async function pour(gate: RuleGate, count: number, everyMs = 100): Promise<void> {
  for (let piece = 0; piece < count; piece += 1) {
    pieces += 1;
    const { monotonicMs } = gate.clock.read();
    gate.present('in', `~u(${pieces}]}z`);
    await gate.pass(monotonicMs + everyMs - gate.clock.read().monotonicMs);
  }
}

const rows = (gate: RuleGate) => gate.data('access.denied').length;
const scannerRows = (gate: RuleGate) =>
  gate.data('device.scanner').map(({ status, cause, unreadable }) => ({ status, cause, unreadable }));
const counted = (gate: RuleGate) =>
  gate.data('device.scanner').reduce((sum, { unreadable = 0 }) => sum + unreadable, 0);
const NOISY = { status: 'degraded', cause: 'scanner_noise' };

describe('a scanner that pours out noise', () => {
  it('has ten rows of its own and then counts, and nothing is lost', async () => {
    const gate = await openGate();
    await pour(gate, 200);
    expect(rows(gate)).toBe(10);
    expect(gate.feed.get(SCANNER)).toMatchObject(NOISY);
    await gate.pass(2 * MINUTE_MS);
    expect(scannerRows(gate)).toEqual([NOISY, { ...NOISY, unreadable: 190 }, { status: 'ok' }]);
    expect(gate.feed.get(SCANNER)).toMatchObject({ status: 'ok' });
  });

  it.each([
    { everyS: 1, hours: 1, ownRows: 10 },
    { everyS: 10, hours: 3, ownRows: 100 },
  ])('one piece in $everyS s, writes a row in ten minutes however long it goes on', async (noise) => {
    const gate = await openGate();
    const count = (noise.hours * 3_600) / noise.everyS;
    await pour(gate, count, noise.everyS * 1_000);
    await gate.pass(2 * MINUTE_MS);
    expect(rows(gate)).toBe(noise.ownRows);
    expect(scannerRows(gate).length).toBeLessThanOrEqual(noise.hours * 6 + 3);
    expect(rows(gate) + counted(gate)).toBe(count);
  });

  it('says how many there were also when the gate stops', async () => {
    const folder = temporaryFolder();
    const clock = new VirtualClock(NOW_S * 1000);
    const gate = await RuleGate.start(folder, clock, RULES);
    await pour(gate, 30);
    await gate.stop();
    const next = await RuleGate.start(folder, clock, RULES);
    expect(counted(next)).toBe(20);
    await next.stop();
  });

  it('reads the passes in between, and lets nobody wait whose pass is good', async () => {
    const gate = await openGate();
    await pour(gate, 30);
    expect(gate.feed.get('attention')).toMatchObject([
      { kind: 'device', role: 'scanner' },
      { kind: 'lockOut' },
    ]);
    expect(gate.show('in', PERSON)?.granted).toBe(true);
    await gate.pass(MINUTE_MS - 10_000);
    await pour(gate, 100);
    await gate.pass(MINUTE_MS);
    await pour(gate, 30);
    expect(gate.feed.get(SCANNER)).toMatchObject(NOISY);
    expect((await gate.goes('in', { passId: '00000000000000b2' }))?.granted).toBe(true);
  });

  it('does not turn the noise away while somebody goes through', async () => {
    const gate = await openGate();
    expect(gate.show('in', PERSON)?.granted).toBe(true);
    await pour(gate, 30);
    expect(gate.data('access.denied').map(({ reasons }) => reasons.at(-1))).toEqual(
      Array(10).fill('gp:OneAtATime'),
    );
  });

  it('is noise of one access point only', async () => {
    const gate = await openGate();
    await pour(gate, 30);
    expect(gate.show('out', 'no pass at all')?.data.reason).toBe('gp:MalformedPass');
    expect(gate.feed.get('device/scanner:main-out')).toMatchObject({ status: 'ok' });
  });

  it('is read again as soon as it has been quiet for a minute, each bad code with its row', async () => {
    const gate = await openGate();
    await pour(gate, 30);
    await gate.pass(3 * MINUTE_MS);
    const before = rows(gate);
    expect(gate.show('in', 'no pass at all')?.data).toMatchObject({ reason: 'gp:MalformedPass' });
    expect(rows(gate)).toBe(before + 1);
  });
});

describe('people with codes that are no passes', () => {
  it('are no noise: each has a row at once', async () => {
    const gate = await openGate();
    await pour(gate, 90, 7_000);
    expect(rows(gate)).toBe(90);
    expect(scannerRows(gate)).toEqual([]);
  });

  it('and forged passes are no noise, however many', async () => {
    const gate = await openGate();
    for (let piece = 0; piece < 30; piece += 1) {
      const passId = piece.toString(16).padStart(16, '0');
      gate.present('in', signPass(sampleClaims({ passId }), testSigner('stranger')));
      await gate.pass(3_500);
    }
    expect(rows(gate)).toBe(30);
    expect(gate.feed.get(SCANNER)).toMatchObject({ status: 'ok' });
  });
});
