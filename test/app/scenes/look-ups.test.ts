import { expect, it } from 'vitest';
import { replaceDirectory } from '../../../src/adapters/sqlite/directory-file.ts';
import { LAST_MOMENT_MS } from '../../../src/core/access/bounds.ts';
import { ORDER_TYPES, type OrderType } from '../../../src/core/desk/guard-order.ts';
import { RIGHTS, type Right } from '../../../src/core/desk/rights.ts';
import { Scene } from '../../support/gate/scene.ts';
import { WITHOUT_THERMOMETER } from '../../support/gate/willow-court.ts';
import { SilentLogger } from '../../support/silent-logger.ts';

const ZHAO = { holderRef: 'a1b2c3d4e5f6', label: '赵兰', unit: '3-502' };
const LI = { holderRef: 'a1b2c3d4e5f7', label: '李强', unit: '3-503' };
const PNG = { type: 'image/png', bytes: Buffer.from([0x89, 0x50, 0x4e, 0x47]) } as const;
const QUARTER_S = 15 * 60;

/** A street with these people in its register, each with a photograph. */
async function courtOf(...holders: readonly (typeof ZHAO)[]): Promise<Scene> {
  const court = await Scene.opens('2020-02-24 20:00', WITHOUT_THERMOMETER);
  const place = { site: 'willow-court', gate: 'north', clock: court.gate.clock, logger: new SilentLogger() };
  const pictured = holders.map((holder) => ({ ...holder, photograph: () => PNG }));
  await replaceDirectory({ ...place, folder: court.folder }, pictured, () => undefined);
  return court;
}

/** What somebody at the desk may look at: a look on record, or why it is none. */
type Shown = ((court: Scene, operator: string) => unknown) | string;

const SHOWN: Readonly<Record<Exclude<Right, OrderType>, Shown>> = {
  'find-holder': ({ gate }, operator) => gate.registerLooks.search('3-503', 12, operator),
  photo: ({ gate }, operator) => gate.registerLooks.photograph(LI.holderRef, operator),
  history: ({ gate }, operator) => gate.history.search({ period: { of: 'today' } }, operator),
  registers: ({ gate }, operator) => gate.registers.before(LAST_MOMENT_MS, operator),
  muster: ({ gate }, operator) => gate.muster.look(operator),
  'print-pass': 'the pass in the open dialog, which this desk has made by an order that is on record',
  day: 'numbers alone',
  accounts: 'operators, and no holders',
  'lost-phone': 'operators, and no holders',
  upkeep: 'the kiosk, and nobody',
  'stand-down': 'commands to type, and nobody',
  backup: 'is on record as operator.upkeep',
  export: 'is on record as operator.upkeep',
};

it('everything that an operator may look at is on record with its operator, or says why it tells of nobody', async () => {
  const court = await courtOf(ZHAO, LI);
  const { gate } = court;
  const looked = Object.keys(RIGHTS).filter((right) => !ORDER_TYPES.some((type) => type === right));
  expect(looked.sort()).toEqual(Object.keys(SHOWN).sort());
  await court.person({ holderRef: ZHAO.holderRef }).comesIn();
  gate.desk.give({ type: 'begin-muster', ...court.guard('Drill') });
  const looksOf = (operator: string) =>
    gate.data('operator.lookup').filter((row) => row.operator === operator);
  for (const [right, shown] of Object.entries(SHOWN)) {
    if (typeof shown === 'string') continue;
    // Each by another guard, twice: the second time it is the same look.
    const operator = `guard-${right}`;
    for (const _time of [1, 2]) await shown(court, operator);
    expect([right, looksOf(operator)]).toEqual([right, [expect.objectContaining({ operator })]]);
    await court.later(QUARTER_S);
    await shown(court, operator);
    expect([right, looksOf(operator).length]).toEqual([right, 2]);
  }
});

it('the register names nobody off the record, and a photograph beside a person who is there is no look of its own', async () => {
  const court = await courtOf(ZHAO, LI);
  const { gate } = court;
  const named = (text: string, operator: string) => {
    const found = gate.registerLooks.search(text, 12, operator);
    return found === 'too-many' ? found : [...found.holders, ...found.visitors];
  };
  const pictured = (operator: string, ...holders: readonly (typeof ZHAO)[]) =>
    holders.map(({ holderRef }) => gate.registerLooks.photograph(holderRef, operator));
  const news = () => {
    const all = gate.data('operator.lookup').slice(seen);
    seen += all.length;
    return all.map(({ operator, of, holderRef, passId }) =>
      [operator, of, holderRef, passId].filter(Boolean).join(' '),
    );
  };
  let seen = 0;

  // Letter by letter: each person once.
  expect([
    named('3-', 'wang'),
    named('3-50', 'wang'),
    named('3-502', 'wang'),
    named('nobody', 'wang'),
  ]).toMatchObject([[ZHAO, LI], [ZHAO, LI], [ZHAO], []]);
  expect(news()).toEqual([`wang holder ${ZHAO.holderRef}`, `wang holder ${LI.holderRef}`]);
  // Whom wang has found is shown to wang with the photograph; zhou has found nobody.
  expect(pictured('wang', ZHAO, LI)).toEqual([PNG, PNG]);
  expect(news()).toEqual([]);
  pictured('zhou', ZHAO, ZHAO, { ...ZHAO, holderRef: 'ffffffffffff' });
  expect(news()).toEqual([`zhou holder ${ZHAO.holderRef}`]);

  // A visitor by the name that a guard has entered; the look bears the pass.
  const until = { untilMs: gate.clock.read().wallMs + 3_600_000 };
  const plumber = { passId: '00000000000000a1', label: '李师傅', ...until };
  gate.desk.give({ type: 'visitor', ...plumber, ...court.guard('3-502') });
  expect(named('李师', 'wang')).toEqual([{ passId: plumber.passId, label: plumber.label }]);
  expect(news()).toEqual([`wang pass ${plumber.passId}`]);

  // Somebody who stands at the reader, or was decided upon lately, is shown to everybody.
  await court.person({ holderRef: LI.holderRef }).comesIn();
  pictured('chen', LI);
  expect(news()).toEqual([]);
  // So is somebody on a list, to whoever has looked at it.
  gate.desk.give({ type: 'begin-muster', ...court.guard('Drill') });
  const strangers = Array.from({ length: 51 }, () => court.person({ kind: 'worker' }));
  for (const one of strangers) await one.comesIn();
  pictured('chen', LI);
  expect(news()).toEqual([`chen holder ${LI.holderRef}`]);
  gate.muster.look('sun');
  pictured('sun', LI);
  expect(news()).toEqual(['sun muster']);
});

it('a guard who leafs through the whole register is stopped, and another one is not', async () => {
  const people = Array.from({ length: 400 }, (_, at) => {
    const number = String(at).padStart(3, '0');
    return { holderRef: `b00000000${number}`, label: `陈 ${number}`, unit: `7-${number}` };
  });
  const court = await courtOf(...people);
  const { gate } = court;
  const search = (at: number, operator: string) =>
    gate.registerLooks.search(`7-${String(at).padStart(2, '0')}`, 12, operator);
  const answers = Array.from({ length: 40 }, (_, at) => search(at, 'wang'));
  expect(answers.filter((found) => found !== 'too-many')).toHaveLength(36);
  expect(answers.slice(36)).toEqual(Array(4).fill('too-many'));
  expect(gate.registerLooks.photograph('b00000000399', 'wang')).toBe('too-many');
  expect(gate.data('operator.lookup')).toHaveLength(360);
  expect(search(39, 'zhou')).toMatchObject({ holders: { length: 10 } });
  await court.later(QUARTER_S);
  expect(search(39, 'wang')).toMatchObject({ holders: { length: 10 } });
});
