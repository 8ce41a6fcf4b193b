import { cpSync, rmSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { stepAt } from '../../src/core/pass/dynamic-code.ts';
import { dynamicCode } from '../../src/core/pass/issue-pass.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { NOW_S, testSigner } from '../support/gate/pass-samples.ts';
import { policy } from '../support/gate/policy-samples.ts';
import { passText, RuleGate, type RuleGateOptions } from '../support/gate/rule-gate.ts';
import { temporaryFolder } from '../support/store/store-folder.ts';

const DAY_S = 86_400;
const RULES = policy({
  normal: {
    kinds: { resident: { quota: { count: 1, days: 1, direction: 'out' } }, worker: {}, emergency: {} },
  },
});
const card = (passId: string) => ({ passId, issuedAt: NOW_S - 60, expiresAt: NOW_S + 30 * DAY_S });
const RESIDENT = { ...card('00000000000000a1'), kind: 'resident' } as const;
const ONCE = { ...card('00000000000000b2'), kind: 'worker', uses: 1 } as const;
const FREE = { ...card('00000000000000c3'), kind: 'worker' } as const;
const PHONE = {
  ...card('00000000000000d4'),
  kind: 'worker',
  holderKey: { algorithm: 'Ed25519', publicKey: testSigner('phone').publicKey },
} as const;
const RESCUE = { ...card('00000000000000e5'), kind: 'emergency' } as const;
const CHEN = { operator: 'chen', note: 'Checked with the central server' };

/** A court whose store can be replaced by the copy that was made of it. */
class Court {
  readonly folder = temporaryFolder();
  readonly #copy = temporaryFolder();
  readonly #options: RuleGateOptions;
  #gate: RuleGate | undefined;

  constructor(options: RuleGateOptions = {}) {
    this.#options = options;
  }

  get gate(): RuleGate {
    if (this.#gate === undefined) throw new Error('It has not opened.');
    return this.#gate;
  }

  async opens(atMs = this.#gate?.clock.read().wallMs ?? NOW_S * 1000): Promise<void> {
    const gate = await RuleGate.start(this.folder, new VirtualClock(atMs), RULES, this.#options);
    onTestFinished(() => gate.stop());
    this.#gate = gate;
  }

  async copied(): Promise<void> {
    await this.gate.stop();
    cpSync(this.folder, this.#copy, { recursive: true, preserveTimestamps: true });
    await this.opens();
  }

  async putBack(): Promise<void> {
    await this.gate.stop();
    rmSync(this.folder, { recursive: true });
    cpSync(this.#copy, this.folder, { recursive: true, preserveTimestamps: true });
    await this.opens();
  }

  async restarted(): Promise<void> {
    await this.gate.stop();
    await this.opens();
  }

  /** What becomes of a pass: `Granted`, the reason of a refusal, or that the guard was called. */
  async says(
    direction: 'in' | 'out',
    shown: Parameters<RuleGate['present']>[1],
  ): Promise<string | undefined> {
    this.gate.present(direction, shown);
    await this.gate.pass(200);
    const view = this.gate.prompts.at(`main-${direction}`);
    const said = view?.feedback === 'AccessGranted' ? 'Granted' : (view?.reason ?? view?.feedback);
    await this.gate.pass(200_000);
    return said;
  }

  asked(): readonly string[] {
    return this.gate.data('access.requested').map(({ reason }) => reason ?? '');
  }

  item(): unknown {
    return this.gate.feed.get('attention')?.find(({ kind }) => kind === 'recordsUntrusted');
  }
}

/** Everything is used up after the copy was made, and then the copy is put back. */
async function usedUp(options?: RuleGateOptions): Promise<Court> {
  const court = new Court(options);
  await court.opens();
  await court.copied();
  expect(await court.gate.goes('out', RESIDENT)).toMatchObject({ granted: true });
  expect(await court.gate.goes('in', ONCE)).toMatchObject({ granted: true });
  expect(court.gate.show('out', RESIDENT)).toMatchObject({ granted: false });
  await court.putBack();
  return court;
}

describe('after an older copy of the store was put back', () => {
  it('what was used up does not open again by itself, and the guard is told', async () => {
    const court = await usedUp();
    expect(court.item()).toMatchObject({ id: 'recordsUntrusted:north', accessPoint: 'north' });
    await court.says('out', RESIDENT);
    await court.says('in', ONCE);
    expect(court.asked()).toEqual(['gp:RecordsUntrusted', 'gp:RecordsUntrusted']);
    expect(court.gate.data('access.granted')).toEqual([]);
  });

  it('whoever depends on no record passes as ever, and so do rescuers', async () => {
    const court = await usedUp();
    expect(await court.says('in', FREE)).toBe('Granted');
    expect(await court.says('in', RESIDENT)).toBe('Granted');
    expect(await court.says('in', RESCUE)).toBe('Granted');
    expect(court.asked()).toEqual([]);
  });

  it('it stays so over restarts, until a guard has confirmed the records, once', async () => {
    const court = await usedUp();
    await court.restarted();
    expect(court.item()).toBeDefined();
    const seen = { type: 'seen', operator: 'chen', id: 'recordsUntrusted:north' } as const;
    expect(court.gate.desk.give(seen)).toMatchObject({ status: 'refused', cause: 'not_over' });
    await court.says('in', ONCE);
    expect(court.asked()).toEqual(['gp:RecordsUntrusted']);

    expect(court.gate.desk.give({ type: 'confirm-records', ...CHEN })).toEqual({ status: 'done' });
    expect(court.item()).toBeUndefined();
    expect(court.gate.data('operator.override').at(-1)).toEqual({ ...CHEN, action: 'confirm-records' });
    expect(court.gate.desk.give({ type: 'confirm-records', ...CHEN })).toMatchObject({
      cause: 'records_count',
    });
    expect(await court.says('out', RESIDENT)).toBe('Granted');
    await court.restarted();
    expect(court.item()).toBeUndefined();
    expect(await court.says('in', ONCE)).toBe('Granted');
  });

  it('a second copy that is put back is doubted anew', async () => {
    const court = await usedUp();
    court.gate.desk.give({ type: 'confirm-records', ...CHEN });
    await court.putBack();
    expect(court.item()).toBeDefined();
  });

  it('a site that denies lets nobody through, and one that allows lets it be', async () => {
    const strict = await usedUp({ untrustedRecords: 'deny' });
    expect(await strict.says('in', ONCE)).toBe('gp:RecordsUntrusted');
    expect(strict.asked()).toEqual([]);
    const easy = await usedUp({ untrustedRecords: 'allow' });
    expect(easy.item()).toBeUndefined();
    expect(await easy.says('in', ONCE)).toBe('Granted');
  });
});

describe('a phone code that was shown before the copy was put back', () => {
  const codeAt = (wallMs: number) => dynamicCode(passText(PHONE), testSigner('phone'), stepAt(wallMs));

  it('opens nothing again, and codes are believed by themselves when every one of before is too old', async () => {
    const court = new Court();
    await court.opens();
    await court.copied();
    const code = codeAt(court.gate.clock.read().wallMs);
    expect(court.gate.show('in', code)).toMatchObject({ granted: true });
    await court.gate.walk();
    await court.putBack();
    court.gate.present('in', code);
    await court.gate.pass(200);
    expect(court.gate.data('access.granted')).toEqual([]);
    expect(court.asked()).toEqual(['gp:RecordsUntrusted']);

    await court.gate.pass(75_000);
    expect(await court.says('out', codeAt(court.gate.clock.read().wallMs))).toBe('Granted');
    expect(await court.says('in', code)).toBe('gp:DynamicCodeStale');
  });
});

describe('a log that did not go back', () => {
  it('is believed after any restart', async () => {
    const court = new Court();
    await court.opens();
    await court.restarted();
    expect(court.item()).toBeUndefined();
    expect(await court.says('in', ONCE)).toBe('Granted');
  });
});
