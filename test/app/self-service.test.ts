import { beforeEach, describe, expect, it } from 'vitest';
import { stepAt } from '../../src/core/pass/dynamic-code.ts';
import { dynamicCode } from '../../src/core/pass/issue-pass.ts';
import type { PassClaims } from '../../src/core/pass/pass.ts';
import type { SelfServiceOrder } from '../../src/core/report/data-request.ts';
import type { SelfServiceView } from '../../src/ports/resident-prompt.ts';
import { testSigner } from '../support/gate/pass-samples.ts';
import { policy } from '../support/gate/policy-samples.ts';
import { passText, type RuleGateOptions } from '../support/gate/rule-gate.ts';
import { type Person, Scene } from '../support/gate/scene.ts';

const holderKey = { algorithm: 'Ed25519', publicKey: testSigner('phone').publicKey } as const;
const FAMILY = '0a1b2c3d4e5f';
const RULES = policy({
  normal: { kinds: { resident: {}, emergency: {} }, lockOut: { attempts: 3, minutes: 5 } },
});
const [HOUR_S, DAY_S] = [3_600, 86_400];

let court: Scene;

const opens = (options: RuleGateOptions = {}) =>
  Scene.opens('2020-02-24 08:00', RULES, { selfService: true, lookEveryMs: 5_000, ...options });

function press(order: SelfServiceOrder): boolean {
  return court.gate.selfService.take('main-in', order);
}

/** What the screen of the way in says about it; undefined: it shows something else. */
function shown(): SelfServiceView | undefined {
  return court.gate.prompts.at('main-in')?.selfService;
}

/** The code that the phone of the pass shows now, with which of its steps. */
function phone({ card }: Person, stepsLater = 0): string {
  const step = stepAt(court.gate.clock.read().wallMs) + stepsLater;
  return dynamicCode(passText(card), testSigner('phone'), step);
}

async function shows(text: string): Promise<void> {
  court.gate.present('in', text);
  await court.later(1);
}

function account() {
  const view = shown();
  if (view?.step !== 'account') throw new Error(`not the account but ${JSON.stringify(view)}`);
  return view.account;
}

/** Somebody presses the button and shows the phone. */
async function asks(person: Person): Promise<ReturnType<typeof account>> {
  expect(press('begin')).toBe(true);
  await shows(phone(person));
  return account();
}

function counts(person: ReturnType<typeof account>): Readonly<Record<string, number>> {
  return Object.fromEntries(person.lines.map(({ kind, count }) => [kind, count]));
}

const rows = () => court.gate.store.outbox.readAfter(0, 10_000).map(({ name }) => name);
const resident = (card: Partial<PassClaims> = {}) => court.person({ holderKey, holderRef: FAMILY, ...card });

async function passes(person: Person): Promise<void> {
  await person.shows('in', phone(person));
  if (court.says() === 'Granted') await court.gate.walk();
  await court.later(20);
}

beforeEach(async () => {
  court = await opens();
});

describe('somebody who asks what is kept about a pass', () => {
  it('sees how many rows there are of this pass, since when and until when, and opens nothing', async () => {
    const li = resident();
    await passes(li);
    await passes(li);
    const [before, pulses] = [rows(), court.gate.actuator.pulses.length];
    const kept = await asks(li);
    expect(counts(kept)).toMatchObject({ granted: 2, details: 2, ledger: 2 });
    expect(kept).toMatchObject({ rows: 4, since: '2020-02-24', copies: [], mayAsk: true });
    expect(kept.lines.find(({ kind }) => kind === 'granted')?.until).toBe('2020-03-09');
    expect(rows()).toEqual(before);
    expect(court.gate.actuator.pulses).toHaveLength(pulses);
    expect(court.gate.state.passages.values.every(({ feedback }) => feedback === 'Idle')).toBe(true);
  });

  it('sees nothing of another one of the household', async () => {
    const [li, mother] = [resident(), resident()];
    await passes(mother);
    await passes(mother);
    await passes(li);
    expect(counts(await asks(li)).granted).toBe(1);
    const view = JSON.stringify(court.gate.prompts.at('main-in'));
    for (const secret of [FAMILY, li.card.passId, mother.card.passId]) expect(view).not.toContain(secret);
  });

  it('sees nothing of somebody whose pass has the same number', async () => {
    const li = resident();
    await passes(li);
    const other = court.person({ ...li.card, holderRef: 'ffffffffffff' });
    expect(await asks(other)).toMatchObject({ rows: 0, lines: [{ kind: 'ledger' }, { kind: 'codes' }] });
  });

  it('has it ended by itself, or by a press', async () => {
    const li = resident();
    await asks(li);
    expect(press('end')).toBe(true);
    expect(shown()).toBeUndefined();
    expect(court.says()).toBe('Idle');
    await court.later(20);
    await asks(li);
    await court.later(61);
    expect(court.says()).toBe('Idle');
    press('begin');
    await court.later(26);
    expect(court.says()).toBe('Idle');
  });
});

describe('the code that was shown for it', () => {
  it('opens nothing afterwards, and neither does the next one while the phone stays in view', async () => {
    const li = resident();
    await asks(li);
    const first = phone(li);
    const second = phone(li, 1);
    await court.later(15);
    await shows(second);
    expect(shown()?.step).toBe('account');
    press('end');
    await court.later(4);
    for (const code of [first, second]) {
      expect(court.gate.show('in', code)).toMatchObject({ granted: false, data: { reason: 'gp:Replay' } });
      await court.later(10);
    }
    expect(court.gate.show('in', phone(li, 1))).toMatchObject({ granted: true });
  });

  it('is refused where it was used to pass, on another access point too, and after a restart', async () => {
    const li = resident();
    const code = phone(li);
    expect(court.gate.show('out', code)).toMatchObject({ granted: true });
    press('begin');
    await shows(code);
    expect(shown()).toMatchObject({ step: 'refused', why: 'used' });
  });

  it.each<[string, () => string, string]>([
    ['a card, which may have been found', () => passText(court.person().card), 'card'],
    ['the picture of a pass that belongs to a phone', () => passText(resident().card), 'card'],
    ['a code of a minute ago', () => phone(resident(), -4), 'stale'],
    ['a foreign code', () => 'https://example.org/menu', 'not_a_pass'],
    ['a code of a phone without its pass', () => `${phone(resident()).slice(0, -6)}AAAAAA`, 'not_a_pass'],
  ])('%s is refused in words and has no row', async (_what, text, why) => {
    const before = rows();
    const code = text();
    press('begin');
    await shows(code);
    const view = shown();
    expect(view?.step === 'refused' && [why, 'not_trusted'].includes(view.why)).toBe(true);
    expect(rows()).toEqual(before);
    expect(court.gate.actuator.pulses).toEqual([]);
    await court.later(13);
    expect(court.says()).toBe('Idle');
  });

  it('may be tried again with the next one', async () => {
    const li = resident();
    press('begin');
    await shows(phone(li, -4));
    expect(shown()).toMatchObject({ why: 'stale' });
    await shows(phone(li));
    expect(account().rows).toBe(0);
  });

  it('proves it also when the pass is over, or is for another site', async () => {
    const nowS = Math.floor(court.gate.clock.read().wallMs / 1000);
    const over = resident({ issuedAt: nowS - 20 * DAY_S, expiresAt: nowS - DAY_S });
    await over.shows('in', phone(over));
    await court.later(20);
    expect(counts(await asks(over))).toMatchObject({ denied: 1 });
    press('end');
    await court.later(20);
    expect((await asks(resident({ site: 'elsewhere' }))).rows).toBe(0);
  });

  it('counts for the lock-out when it is a guess, and nobody asks during one', async () => {
    press('begin');
    for (const n of [1, 2, 3]) {
      await shows(`GP1:GUESS${n}`);
      if (n < 3) {
        await court.later(13);
        expect(press('begin')).toBe(true);
      }
    }
    expect(court.gate.feed.get('attention')?.map(({ kind }) => kind)).toContain('lockOut');
    expect(court.says()).toBe('Idle');
    expect(press('begin')).toBe(false);
    expect(rows().filter((name) => name.startsWith('access'))).toEqual([]);
  });
});

describe('whoever only wants to pass', () => {
  it('passes with a card while the account of somebody else is shown', async () => {
    await asks(resident());
    expect(await court.person().shows('in')).toBe('Granted');
    expect(shown()).toBeUndefined();
  });

  it('passes with the same card once it was away from the reader, and at once with an emergency pass', async () => {
    const [chen, ambulance] = [court.person(), court.person({ kind: 'emergency' })];
    press('begin');
    await chen.shows('in');
    expect(shown()).toMatchObject({ why: 'card' });
    await court.later(4);
    expect(await chen.shows('in')).toBe('Granted');
    await court.gate.walk();
    await court.later(20);
    press('begin');
    expect(await ambulance.shows('in')).toBe('Granted');
  });

  it('is not disturbed: nothing begins while somebody is under way, and an order of the guard ends it', async () => {
    await court.person().shows('in');
    expect(press('begin')).toBe(false);
    await court.gate.walk();
    await court.later(20);
    await asks(resident());
    court.gate.desk.give({ type: 'open', ...court.guard('Known'), accessPoint: 'main-in' });
    expect(shown()).toBeUndefined();
    expect(court.says()).toBe('Granted');
  });

  it('sees a fire alarm instead', async () => {
    press('begin');
    court.gate.inputs.fire.is('Open');
    await court.later(2);
    expect(court.gate.prompts.at('main-in')).toMatchObject({ message: 'FireAlarm' });
    expect(shown()).toBeUndefined();
    expect(press('begin')).toBe(false);
  });

  it('is at a gate where nobody can ask unless the site wants it', async () => {
    court = await opens({ selfService: false });
    expect(press('begin')).toBe(false);
  });
});

describe('a request', () => {
  const item = () => court.gate.feed.get('attention')?.find(({ kind }) => kind === 'dataRequest');
  const answers = (answer: 'confirmed' | 'refused', request: number) =>
    court.gate.desk.give({ type: 'answer-request', ...court.guard('Not proved'), request, answer });

  it('has a number, is on record without the pass, and waits on the desk for a guard', async () => {
    const li = resident();
    await passes(li);
    await asks(li);
    expect(press('erasure')).toBe(true);
    const { request, mayAsk } = account();
    expect({ request, mayAsk }).toEqual({
      request: { number: 1001, kind: 'erasure', state: 'open' },
      mayAsk: false,
    });
    expect(court.gate.data('privacy.requested')).toEqual([
      { request: 1001, kind: 'erasure', accessPoint: 'main-in' },
    ]);
    expect(item()).toMatchObject({ id: 'dataRequest:1001', request: { number: 1001, kind: 'erasure' } });
    expect(court.gate.desk.give({ type: 'seen', operator: 'chen', id: 'dataRequest:1001' })).toMatchObject({
      cause: 'not_over',
    });
    expect(press('export')).toBe(false);
  });

  it('is refused with a reason that the person sees the next time, and can be made again', async () => {
    const li = resident();
    await asks(li);
    press('export');
    expect(answers('refused', 1001)).toEqual({ status: 'done' });
    expect(item()).toBeUndefined();
    expect(court.gate.data('operator.override').at(-1)).toEqual({
      operator: 'chen',
      action: 'answer-request',
      request: 1001,
      answer: 'refused',
      note: 'Not proved',
    });
    expect(answers('confirmed', 1001)).toMatchObject({ cause: 'request_over' });
    press('end');
    await court.later(20);
    expect(await asks(li)).toMatchObject({
      request: { number: 1001, state: 'refused', note: 'Not proved' },
      mayAsk: true,
    });
    expect(press('export')).toBe(true);
    expect(account().request?.number).toBe(1002);
  });

  it('is seen by nobody else', async () => {
    await asks(resident());
    press('export');
    press('end');
    await court.later(20);
    expect((await asks(resident())).request).toBeUndefined();
  });

  it('lapses after its days, and its answer is gone after as many', async () => {
    court = await opens({ requestMs: HOUR_S * 1000 });
    const li = resident({ expiresAt: Math.floor(court.gate.clock.read().wallMs / 1000) + 100 * DAY_S });
    await asks(li);
    press('export');
    press('end');
    // Nobody stands for the time meanwhile.
    court.gate.clock.kept = { floorMs: 0, vouchedMs: 0 };
    await court.later(HOUR_S + 20);
    expect(item()).toBeDefined();
    court.gate.clock.kept = undefined;
    await court.later(20);
    expect(item()).toBeUndefined();
    expect((await asks(li)).request).toMatchObject({ number: 1001, state: 'lapsed' });
    press('end');
    await court.later(HOUR_S + 20);
    expect((await asks(li)).request).toBeUndefined();
  });

  it('is asked for by few at a time', async () => {
    for (let n = 0; n < 50; n += 1) {
      await asks(resident());
      expect(press('export')).toBe(true);
      press('end');
      await court.later(20);
    }
    expect(court.gate.feed.get('attention')?.filter(({ kind }) => kind === 'dataRequest')).toHaveLength(50);
    expect(await asks(resident())).toMatchObject({ mayAsk: false });
    expect(press('export')).toBe(false);
  });
});
