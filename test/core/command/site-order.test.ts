import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  NO_SITE_ORDERS,
  SITE_VERBS,
  type SiteMessage,
  type SiteOrders,
  type SiteVerb,
  siteOrderOf,
} from '../../../src/core/command/site-order.ts';
import {
  type SiteInput,
  type SiteMoment,
  type SiteStep,
  stepSiteOrders,
} from '../../../src/core/command/site-order-steps.ts';

const NOW_S = 1_700_000_000;
const HOUR_S = 3_600;
const IN_TIME: SiteMoment = { nowS: NOW_S, isTrusted: true, overS: NOW_S };
/** The clock says what it will, and nothing is certain. */
const UNSYNCED: SiteMoment = { nowS: NOW_S, isTrusted: false, overS: 0 };
const later = (s: number): SiteMoment => ({ nowS: NOW_S + s, isTrusted: true, overS: NOW_S + s });

function said(verb: SiteVerb, counter: number, more: Partial<SiteMessage> = {}): SiteMessage {
  const lifeS = verb === 'evacuate' ? 60 : 12 * HOUR_S;
  const times = { notBeforeS: NOW_S - 5, notAfterS: NOW_S - 5 + lifeS };
  return { verb, counter, digest: `${verb} ${counter}`, keys: ['0a0b0c0d'], by: 'Office', ...times, ...more };
}

function message(verb: SiteVerb, counter: number, more: Partial<SiteMessage> = {}): SiteInput {
  return { kind: 'message', message: said(verb, counter, more), fire: false };
}

const fire = (isOn: boolean): SiteInput => ({ kind: 'fire', isOn });
const time: SiteInput = { kind: 'time', fire: false };
const guard = (answer: 'carry-out' | 'set-aside' | 'end-lockdown'): SiteInput => ({
  kind: 'guard',
  answer,
  fire: false,
});
const logReset: SiteInput = { kind: 'logReset', resetS: NOW_S + 1 };

type Row = 'nothing' | 'lockdown' | 'evacuation' | 'both';
/** What holds, each made by messages with the counters 1 and 2. */
const ROWS: Readonly<Record<Row, readonly SiteInput[]>> = {
  nothing: [message('lockdown', 1), message('lockdown-release', 2)],
  lockdown: [message('lockdown', 2)],
  evacuation: [message('evacuate', 2)],
  both: [message('lockdown', 1), message('evacuate', 2)],
};
const COLUMNS = Object.keys(ROWS) as readonly Row[];

function run(
  inputs: readonly SiteInput[],
  at: SiteMoment = IN_TIME,
  from: SiteOrders = NO_SITE_ORDERS,
): SiteStep {
  let step: SiteStep = { orders: from, outcome: 'nothing' };
  for (const input of inputs) step = stepSiteOrders(step.orders, input, at);
  return step;
}

function heldIn({ lockdown, evacuation }: SiteOrders): Row {
  if (evacuation !== undefined) return lockdown === undefined ? 'evacuation' : 'both';
  return lockdown === undefined ? 'nothing' : 'lockdown';
}

type Cell = Row | `${Row}, asks`;
interface Column {
  readonly what: string;
  readonly inputs: readonly SiteInput[];
  readonly at?: SiteMoment;
  /** What holds afterwards, by what held before: nothing, lockdown, evacuation, both. */
  readonly cells: readonly [Cell, Cell, Cell, Cell];
}

const SAME = ['nothing', 'lockdown', 'evacuation', 'both'] as const;
const dead = { notBeforeS: NOW_S - 13 * HOUR_S, notAfterS: NOW_S - HOUR_S };
const early = { notBeforeS: NOW_S + 60, notAfterS: NOW_S + 100 };

/** The table of config/contract/README.md#what-follows-what. */
const TABLE: readonly Column[] = [
  { what: 'lockdown', inputs: [message('lockdown', 3)], cells: ['lockdown', 'lockdown', 'both', 'both'] },
  { what: 'evacuate', inputs: [message('evacuate', 3)], cells: ['evacuation', 'both', 'evacuation', 'both'] },
  {
    what: 'lockdown-release',
    inputs: [message('lockdown-release', 3)],
    cells: ['nothing', 'nothing', 'evacuation', 'evacuation'],
  },
  {
    what: 'evacuate-release',
    inputs: [message('evacuate-release', 3)],
    cells: ['nothing', 'lockdown', 'nothing', 'lockdown'],
  },
  ...SITE_VERBS.flatMap((verb): Column[] => [
    { what: `${verb}, expired`, inputs: [message(verb, 3, dead)], cells: SAME },
    { what: `${verb}, before its time`, inputs: [message(verb, 3, early)], cells: SAME },
    { what: `${verb}, with an older counter`, inputs: [message(verb, 1)], cells: SAME },
    {
      what: `${verb}, another with the counter of the last`,
      inputs: [message(verb, 2, { digest: 'other' })],
      cells: SAME,
    },
  ]),
  {
    what: 'the time of the lockdown is over',
    inputs: [time],
    at: later(12 * HOUR_S),
    cells: ['nothing', 'nothing', 'evacuation', 'evacuation'],
  },
  { what: 'time that is not over', inputs: [time], at: later(11 * HOUR_S), cells: SAME },
  { what: 'a fire alarm', inputs: [fire(true)], cells: SAME },
  { what: 'the contacts say that there is no fire', inputs: [fire(false)], cells: SAME },
  {
    what: 'a fire alarm that ends',
    inputs: [fire(true), fire(false)],
    cells: ['nothing', 'lockdown', 'nothing', 'lockdown'],
  },
  {
    what: 'the log went back',
    inputs: [logReset],
    cells: ['nothing', 'lockdown', 'nothing, asks', 'lockdown, asks'],
  },
  {
    what: 'a guard who ends the lockdown here',
    inputs: [guard('end-lockdown')],
    cells: ['nothing', 'nothing', 'evacuation', 'evacuation'],
  },
  {
    what: 'a guard who answers what nobody asked',
    inputs: [guard('carry-out'), guard('set-aside')],
    cells: SAME,
  },
  {
    what: 'lockdown, clock not believed',
    inputs: [message('lockdown', 3)],
    at: UNSYNCED,
    cells: ['lockdown', 'lockdown', 'both', 'both'],
  },
  {
    what: 'evacuate, clock not believed',
    inputs: [message('evacuate', 3)],
    at: UNSYNCED,
    cells: ['nothing, asks', 'lockdown, asks', 'evacuation', 'both'],
  },
  {
    what: 'lockdown-release, clock not believed',
    inputs: [message('lockdown-release', 3)],
    at: UNSYNCED,
    cells: ['nothing', 'lockdown, asks', 'evacuation', 'both, asks'],
  },
  {
    what: 'evacuate-release, clock not believed',
    inputs: [message('evacuate-release', 3)],
    at: UNSYNCED,
    cells: ['nothing', 'lockdown', 'nothing', 'lockdown'],
  },
  {
    what: 'the time of the lockdown seems over, clock not believed',
    inputs: [time],
    at: { nowS: NOW_S + 13 * HOUR_S, isTrusted: false, overS: NOW_S },
    cells: ['nothing', 'lockdown, asks', 'evacuation', 'both, asks'],
  },
  {
    what: 'the time of the lockdown is over for certain, clock not believed',
    inputs: [time],
    at: { nowS: NOW_S + 13 * HOUR_S, isTrusted: false, overS: NOW_S + 12 * HOUR_S },
    cells: ['nothing', 'nothing', 'evacuation', 'evacuation'],
  },
  {
    what: 'evacuate, expired for certain, clock not believed',
    inputs: [message('evacuate', 3, dead)],
    at: { ...UNSYNCED, overS: NOW_S - 60 },
    cells: SAME,
  },
  {
    what: 'evacuate, signed before the log began anew',
    inputs: [{ kind: 'message', message: said('evacuate', 3), resetS: NOW_S, fire: false }],
    cells: ['nothing, asks', 'lockdown, asks', 'evacuation', 'both'],
  },
  {
    what: 'lockdown-release, signed before the log began anew',
    inputs: [{ kind: 'message', message: said('lockdown-release', 3), resetS: NOW_S, fire: false }],
    cells: ['nothing', 'lockdown, asks', 'evacuation', 'both, asks'],
  },
  {
    what: 'lockdown, signed before the log began anew',
    inputs: [{ kind: 'message', message: said('lockdown', 3), resetS: NOW_S, fire: false }],
    cells: ['lockdown', 'lockdown', 'both', 'both'],
  },
];

describe('what follows what', () => {
  const cells = TABLE.flatMap(({ what, inputs, at, cells: row }) =>
    COLUMNS.map((before, column) => ({ what, inputs, at, before, after: row[column] })),
  );

  it.each(cells)('$what, in $before: $after', ({ inputs, at, before, after }) => {
    const { orders } = run(inputs, at, run(ROWS[before]).orders);
    expect(`${heldIn(orders)}${orders.waiting === undefined ? '' : ', asks'}`).toBe(after);
  });

  it('shows the evacuation where both hold', () => {
    expect(COLUMNS.map((row) => siteOrderOf(run(ROWS[row]).orders))).toEqual([
      'none',
      'lockdown',
      'evacuate',
      'evacuate',
    ]);
  });
});

describe('a message is taken once, and nothing older than it afterwards', () => {
  it('knows the retained message again after each connection', () => {
    const { orders } = run([message('lockdown', 7)]);
    expect(run([message('lockdown', 7)], later(60), orders)).toEqual({ orders, outcome: 'known' });
  });

  it.each([
    ['old_counter', message('lockdown', 2)],
    ['not_yet', message('lockdown', 3, early)],
    ['expired', message('lockdown', 3, dead)],
  ] as const)('says %s', (refused, input) => {
    expect(run([message('evacuate', 2), input]).outcome).toEqual({ refused });
  });

  it('keeps the counter of an expired one, and not of one before its time', () => {
    expect(run([message('evacuate', 9, dead)]).orders.counter).toBe(9);
    expect(run([message('evacuate', 9, dead), message('lockdown', 8)]).outcome).toEqual({
      refused: 'old_counter',
    });
    expect(run([message('evacuate', 9, early)]).orders.counter).toBe(0);
  });

  it('lets the clock of the gate be ten seconds behind, and no more', () => {
    const begins = (s: number) =>
      message('evacuate', 3, { notBeforeS: NOW_S + s, notAfterS: NOW_S + s + 60 });
    expect(heldIn(run([begins(10)]).orders)).toBe('evacuation');
    expect(heldIn(run([begins(11)]).orders)).toBe('nothing');
  });

  it('takes an evacuation up to its last second, and not at its notAfter', () => {
    expect(heldIn(run([message('evacuate', 3)], later(54)).orders)).toBe('evacuation');
    expect(heldIn(run([message('evacuate', 3)], later(55)).orders)).toBe('nothing');
  });

  it('goes on with an evacuation long after its message, and keeps its begin when it is sent again', () => {
    const begun = run([message('evacuate', 3)]).orders;
    expect(heldIn(run([time], later(48 * HOUR_S), begun).orders)).toBe('evacuation');
    const again = run(
      [message('evacuate', 4, { notBeforeS: NOW_S + 50, notAfterS: NOW_S + 110 })],
      later(60),
      begun,
    );
    expect(again.orders.evacuation).toMatchObject({ counter: 4, sinceS: NOW_S });
  });
});

describe('what waits for the guard', () => {
  const asked = run([message('lockdown', 1), message('lockdown-release', 2)], UNSYNCED).orders;
  const evacuationAsked = run([message('evacuate', 2)], UNSYNCED).orders;

  it('is carried out by the guard, or set aside', () => {
    expect(run([guard('carry-out')], UNSYNCED, asked).orders).toEqual({
      counter: 2,
      digest: 'lockdown-release 2',
    });
    expect(heldIn(run([guard('carry-out')], UNSYNCED, evacuationAsked).orders)).toBe('evacuation');
    const aside = run([guard('set-aside')], UNSYNCED, asked).orders;
    expect(heldIn(aside)).toBe('lockdown');
    expect(aside.waiting).toBeUndefined();
  });

  it('is carried out by itself once the clock can be believed and it is in time', () => {
    expect(heldIn(run([time], later(60), asked).orders)).toBe('nothing');
    expect(heldIn(run([time], later(54), evacuationAsked).orders)).toBe('evacuation');
  });

  it('is dropped once the clock can be believed and its time is over', () => {
    const { orders } = run([time], later(55), evacuationAsked);
    expect(orders).toEqual({ counter: 2, digest: 'evacuate 2' });
  });

  it('gives way to any newer message', () => {
    const { orders } = run([message('lockdown', 3)], UNSYNCED, evacuationAsked);
    expect([heldIn(orders), orders.waiting]).toEqual(['lockdown', undefined]);
  });

  it('is asked again after a restart of the gate, from what it remembers', () => {
    const read = JSON.parse(JSON.stringify(evacuationAsked)) as SiteOrders;
    expect(run([time], UNSYNCED, read).orders.waiting).toEqual(evacuationAsked.waiting);
  });
});

describe('what was ended at this gate alone', () => {
  const over = run([message('evacuate', 3), fire(true), fire(false)], later(20)).orders;

  it('is told as an evacuation that the fire contact has ended', () => {
    expect(over.endedHere).toMatchObject({
      order: 'evacuate',
      cause: 'fire_over',
      counter: 3,
      atS: NOW_S + 20,
    });
  });

  it('does not begin again by what was signed before the alarm ended, and does by what was signed after it', () => {
    const signed = (s: number) =>
      message('evacuate', 4, { notBeforeS: NOW_S + s, notAfterS: NOW_S + s + 60 });
    expect(run([signed(20)], later(30), over).outcome).toEqual({ refused: 'older_than_end' });
    const begun = run([signed(21)], later(30), over).orders;
    expect([heldIn(begun), begun.endedHere]).toEqual(['evacuation', undefined]);
  });

  it('begins again whatever was said of the end by a clock that could not be believed', () => {
    const wrong = { nowS: NOW_S + 999 * HOUR_S, isTrusted: false, overS: 0 };
    const ended = run([fire(true), fire(false)], wrong, run([message('evacuate', 3)]).orders).orders;
    expect(heldIn(run([message('evacuate', 4)], IN_TIME, ended).orders)).toBe('evacuation');
  });

  it('counts an alarm that was on when the evacuation began', () => {
    const begun = run([{ kind: 'message', message: said('evacuate', 3), fire: true }]).orders;
    expect(heldIn(run([fire(false)], IN_TIME, begun).orders)).toBe('nothing');
  });

  it('is a lockdown until its time is over, its release or a newer one', () => {
    const ended = run([message('lockdown', 3), guard('end-lockdown')]).orders;
    expect(ended.endedHere).toMatchObject({ order: 'lockdown', cause: 'guard', counter: 3 });
    expect(run([time], later(12 * HOUR_S), ended).orders.endedHere).toBeUndefined();
    expect(run([message('lockdown-release', 4)], IN_TIME, ended).orders.endedHere).toBeUndefined();
    expect(heldIn(run([message('lockdown', 4)], IN_TIME, ended).orders)).toBe('lockdown');
  });
});

describe('whatever comes in whatever order', () => {
  const anyMessage = fc
    .record({
      verb: fc.constantFrom(...SITE_VERBS),
      counter: fc.integer({ min: 1, max: 12 }),
      begin: fc.integer({ min: -120, max: 120 }),
      resetS: fc.constantFrom(0, NOW_S),
      fire: fc.boolean(),
    })
    .map(({ verb, counter, begin, resetS, fire: isOn }): SiteInput => {
      const notBeforeS = NOW_S + begin;
      const notAfterS = notBeforeS + (verb === 'evacuate' ? 60 : 120);
      const digest = `${verb} ${counter} ${begin}`;
      return {
        kind: 'message',
        message: said(verb, counter, { notBeforeS, notAfterS, digest }),
        resetS,
        fire: isOn,
      };
    });
  const anyInput = fc.oneof(
    { weight: 4, arbitrary: anyMessage },
    fc.constantFrom<SiteInput[]>(time, logReset, fire(true), fire(false)),
    fc.constantFrom(guard('carry-out'), guard('set-aside'), guard('end-lockdown')),
  );
  const anyMoment = fc
    .record({ s: fc.integer({ min: -150, max: 150 }), isTrusted: fc.boolean() })
    .map(
      ({ s, isTrusted }): SiteMoment => ({ nowS: NOW_S + s, isTrusted, overS: isTrusted ? NOW_S + s : 0 }),
    );
  const history = fc.array(fc.tuple(anyInput, anyMoment), { maxLength: 30 });

  const follow = (
    steps: readonly [SiteInput, SiteMoment][],
    look: (step: SiteStep, input: SiteInput, at: SiteMoment, before: SiteOrders) => void,
  ) => {
    let orders: SiteOrders = NO_SITE_ORDERS;
    for (const [input, at] of steps) {
      const step = stepSiteOrders(orders, input, at);
      look(step, input, at, orders);
      orders = step.orders;
    }
  };

  it('begins an evacuation only in the time of its message by a believed clock, or by a guard', () => {
    fc.assert(
      fc.property(history, (steps) => {
        follow(steps, (step, input, at, before) => {
          if (before.evacuation !== undefined || step.orders.evacuation === undefined) return;
          if (input.kind === 'guard') return expect(input.answer).toBe('carry-out');
          expect(at.isTrusted).toBe(true);
          const order = input.kind === 'message' ? input.message : before.waiting;
          expect(order?.verb).toBe('evacuate');
          expect(order?.notBeforeS).toBeLessThanOrEqual(at.nowS + 10);
          expect(order?.notAfterS).toBeGreaterThan(at.nowS);
        });
      }),
    );
  });

  it('ends a lockdown only by its time for certain, its release, or a guard', () => {
    fc.assert(
      fc.property(history, (steps) => {
        follow(steps, (step, input, at, before) => {
          if (before.lockdown === undefined || step.orders.lockdown !== undefined) return;
          if (input.kind === 'guard') return expect(['carry-out', 'end-lockdown']).toContain(input.answer);
          expect(at.isTrusted).toBe(true);
          const isOver = at.nowS >= before.lockdown.untilS;
          const isReleased =
            (input.kind === 'message' ? input.message : before.waiting)?.verb === 'lockdown-release';
          expect(isOver || isReleased).toBe(true);
        });
      }),
    );
  });

  it('never acts on what is older than the newest, and its counter never falls', () => {
    fc.assert(
      fc.property(history, (steps) => {
        follow(steps, (step, input, _at, before) => {
          expect(step.orders.counter).toBeGreaterThanOrEqual(before.counter);
          if (input.kind === 'message' && input.message.counter <= before.counter)
            expect(step.orders).toEqual(before);
        });
      }),
    );
  });

  it('remembers all of it as JSON', () => {
    fc.assert(
      fc.property(history, (steps) => {
        follow(steps, ({ orders }) => expect(JSON.parse(JSON.stringify(orders))).toEqual(orders));
      }),
    );
  });
});
