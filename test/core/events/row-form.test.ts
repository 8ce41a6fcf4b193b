import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reason } from '../../../src/core/access/reasons.ts';
import type { RetentionClass } from '../../../src/core/access/vocabulary.ts';
import { canonicalJson } from '../../../src/core/encoding/canonical-json.ts';
import { verifyChain } from '../../../src/core/events/chain.ts';
import { coverOf, isCovered } from '../../../src/core/events/cover.ts';
import { ROW_SALT_BYTES, sealEvent } from '../../../src/core/events/envelope.ts';
import type { EventDraft } from '../../../src/core/events/event.ts';
import { ACCESS_EVENTS, LOG_EVENTS, rowClassOf } from '../../../src/core/events/row-classes.ts';
import { readRow, reduceBody } from '../../../src/core/events/stored-row.ts';
import { everyEvent } from '../../support/gate/all-events.ts';
import { accessGranted, SAMPLE_ACCESS, SAMPLE_TIME_MS } from '../../support/gate/event-samples.ts';

const EVENTS = [...everyEvent(), ...ofReadings()];
const CLASSES: readonly RetentionClass[] = ['screening', 'access', 'operator'];
const ID = '0170761a-a007-7000-8000-000000000000';
const text = (body: Uint8Array) => new TextDecoder().decode(body);

function sealed(index: number) {
  const draft = EVENTS[index % EVENTS.length];
  if (draft === undefined) throw new Error('no such draft');
  const { body, hash } = sealEvent(draft, {
    id: ID,
    site: 'willow-court',
    gate: 'north',
    sequence: index + 1,
    epoch: ID,
    bootId: 'boot-of-tuesday',
    recordedMs: draft.timeMs + 41,
    prevHash: 'ab'.repeat(32),
    salts: new Uint8Array(ROW_SALT_BYTES).map((_, at) => at * 7 + index),
  });
  return { draft, body, hash };
}

const row = fc.nat({ max: EVENTS.length - 1 });

function isAboutReading(reason: unknown): boolean {
  return ['gp:TemperatureHigh', 'gp:TemperatureNotMeasured', 'gp:TemperatureSensorFault'].includes(
    String(reason),
  );
}

/** Rows that a reading has led to. */
function ofReadings(): EventDraft[] {
  const denied = (reasons: readonly Reason[], outcome: 'elevated' | 'notMeasurable'): EventDraft => {
    const { reason: _, ...data } = SAMPLE_ACCESS;
    const [reason] = reasons;
    return {
      ...accessGranted(),
      name: 'access.denied',
      data: {
        ...data,
        decision: 'Denied',
        ...(reason && { reason }),
        reasons: [...reasons],
        screening: { mode: 'enforce', outcome, attempts: 2 },
      },
    };
  };
  return [
    denied(['gp:TemperatureHigh'], 'elevated'),
    denied(['gp:TemperatureHigh', 'gp:PassageTimeout'], 'elevated'),
    denied(['gp:TemperatureNotMeasured', 'gp:GuardTimeout'], 'notMeasurable'),
    denied(['gp:TemperatureSensorFault', 'gp:GuardDenied'], 'notMeasurable'),
    denied(['gp:QuotaExceeded', 'gp:TemperatureHigh', 'gp:PolicyStale'], 'elevated'),
    {
      name: 'operator.override',
      subject: 'main-in',
      data: {
        operator: 'chen',
        action: 'seen',
        item: 'elevated',
        accessPoint: 'main-in',
        passage: 'passage-1',
      },
      timeMs: SAMPLE_TIME_MS,
      timeQuality: 'synced',
    },
  ];
}

describe('the parts of every row', () => {
  it.each(EVENTS.map(({ name }, index) => [name, index] as const))(
    '%s (%i): whatever goes, and in whatever order, the hash stays',
    (name, index) => {
      const { draft, body, hash } = sealed(index);
      expect(readRow(body)?.hash).toBe(hash);
      const ends = new Set<string>();
      for (const order of permutations(CLASSES)) {
        let left = body;
        for (const part of order) {
          left = reduceBody(left, part);
          expect([order, part, readRow(left)?.hash]).toEqual([order, part, hash]);
          expect(reduceBody(left, part)).toBe(left);
        }
        ends.add(text(left));
      }
      expect(ends.size).toBe(1);
      const leaf = JSON.parse([...ends][0] ?? '');
      const data: Record<string, unknown> = { ...draft.data };
      const hasReason = 'reason' in data && !isAboutReading(data.reason);
      const kept = LOG_EVENTS.includes(name) ? data : hasReason ? { reason: data.reason } : {};
      expect(leaf.data).toEqual(JSON.parse(JSON.stringify(kept)));
      expect(leaf).toMatchObject({ type: `io.gatepost.${name}.v1`, time: '2020-02-24T08:00:00.000Z' });
      expect(Object.keys(leaf)).toHaveLength(12);
    },
  );

  it('are in what is left until they go: the screening first, or all at once', () => {
    fc.assert(
      fc.property(row, (index) => {
        const { draft, body } = sealed(index);
        const partial = reduceBody(body, 'screening');
        const has = 'screening' in draft.data || ('item' in draft.data && 'passage' in draft.data);
        expect(partial === body).toBe(!has);
        const { screening: _, ...rest } = { ...draft.data } as Record<string, unknown>;
        if (isAboutReading(rest.reason)) {
          delete rest.reason;
          rest.reasons = [];
        }
        if (Array.isArray(rest.reasons)) rest.reasons = rest.reasons.filter((one) => !isAboutReading(one));
        if ('passage' in rest) delete rest.item;
        expect(JSON.parse(text(partial)).data).toEqual(JSON.parse(JSON.stringify(rest)));
        const other = rowClassOf(draft.name) === 'access' ? 'operator' : 'access';
        expect(reduceBody(body, other)).toBe(body);
      }),
    );
  });

  it('say nothing of a person once they are gone', () => {
    for (const [index, { name }] of EVENTS.entries()) {
      if (LOG_EVENTS.includes(name)) continue;
      const left = text(reduceBody(sealed(index).body, rowClassOf(name)));
      for (const trace of TRACES) expect([name, trace, left.includes(trace)]).toEqual([name, trace, false]);
    }
  });
});

describe('a reading', () => {
  const partial = (index: number) => text(reduceBody(sealed(index).body, 'screening'));

  it('leaves nothing behind once its time is over, in no row and whatever became of it', () => {
    for (const [index, { name }] of EVENTS.entries())
      for (const trace of ['Temperature', 'levated', 'otMeasur', 'cold_skin', '37.9', 'attempts', 'enforce'])
        expect([name, trace, partial(index).includes(trace)]).toEqual([name, trace, false]);
  });

  it('leaves the same of a refusal, whichever reason about it came first', () => {
    const left = EVENTS.flatMap((draft, index) =>
      'reason' in draft.data && isAboutReading(draft.data.reason) ? [JSON.parse(partial(index))] : [],
    );
    expect(left).toHaveLength(4);
    for (const { data, salts, commitments } of left) {
      expect(data).toEqual({ ...left[0].data, reasons: [] });
      expect([salts, commitments]).toEqual([
        expect.stringMatching(/^access=/),
        expect.stringMatching(/^reading=/),
      ]);
    }
  });

  it('takes no other reason with it', () => {
    const index = EVENTS.findIndex(({ data }) => 'reason' in data && data.reason === 'gp:QuotaExceeded');
    expect(JSON.parse(partial(index)).data).toMatchObject({
      reason: 'gp:QuotaExceeded',
      reasons: ['gp:QuotaExceeded', 'gp:PolicyStale'],
    });
  });

  it('cannot be put back by anybody', () => {
    const index = EVENTS.findIndex(({ data }) => 'reason' in data && data.reason === 'gp:TemperatureHigh');
    const { hash } = sealed(index);
    const envelope = JSON.parse(partial(index));
    for (const more of [
      { reason: 'gp:TemperatureHigh' },
      { reasons: ['gp:TemperatureHigh'] },
      { reasons: ['gp:GuardTimeout'] },
    ]) {
      const body = canonicalJson({ ...envelope, data: { ...envelope.data, ...more } });
      expect(readRow(new TextEncoder().encode(body))?.hash).not.toBe(hash);
    }
  });
});

describe('a row whose lists name the screening alone', () => {
  /** As such rows were written: the reason kept, the outcome a part, everything else of the class of the row. */
  function sealedBefore(data: Record<string, unknown>) {
    const { reason, screening, ...part } = data;
    const salts = { access: new Uint8Array(16).fill(3), screening: new Uint8Array(16).fill(4) };
    const times = { recordedtime: '2020-02-24T08:00:00.048Z', time: '2020-02-24T08:00:00.007Z' };
    const own = { ...times, bootid: 'boot', subject: 'main-in', timequality: 'synced' };
    const identity = {
      ...{ epoch: ID, id: ID, prevhash: 'ab'.repeat(32), sequence: '0000000000000007' },
      ...{ source: '/gates/willow-court/north', type: 'io.gatepost.access.denied.v1' },
    };
    const commitment = (salt: Uint8Array, name: string, value: unknown) =>
      hash('sha256', Buffer.concat([salt, Buffer.from(name + canonicalJson(value))]), 'hex');
    const leaf = canonicalJson({
      ...identity,
      commitments: `access=${commitment(salts.access, 'access', { ...own, data: part })} screening=${commitment(salts.screening, 'screening', screening)}`,
      ...{ data: { reason }, datacontenttype: 'application/json', specversion: '1.0' },
      ...{ dataschema: 'urn:gatepost:event:reduced:v1', time: '2020-02-24T08:00:00.000Z' },
    });
    const text64 = (salt: Uint8Array) => Buffer.from(salt).toString('base64url');
    const body = canonicalJson({
      ...{ ...identity, ...own, data, datacontenttype: 'application/json', specversion: '1.0' },
      dataschema: 'urn:gatepost:event:access.denied:v1',
      salts: `access=${text64(salts.access)} screening=${text64(salts.screening)}`,
    });
    return { body: new TextEncoder().encode(body), leaf, hash: hash('sha256', `\u0000${leaf}`, 'hex') };
  }

  it('keeps its rules: its hash holds whatever goes, and its reason stays', () => {
    const { reason: _, ...data } = SAMPLE_ACCESS;
    const reasons = ['gp:TemperatureHigh', 'gp:PassageTimeout'];
    const { body, leaf, hash: own } = sealedBefore({ ...data, reason: reasons[0], reasons });
    expect(readRow(body)).toMatchObject({ hash: own, screening: 'present' });
    const left = reduceBody(body, 'screening');
    expect(readRow(left)).toMatchObject({ hash: own, screening: 'gone', form: 'full' });
    expect(JSON.parse(text(left)).data).toMatchObject({ reason: reasons[0], reasons });
    for (const full of [body, left]) expect(text(reduceBody(full, 'access'))).toBe(leaf);
    expect(readRow(new TextEncoder().encode(leaf))).toMatchObject({ hash: own, form: 'reduced' });
  });
});

/** What the samples say of persons, of when exactly, and of which boot. */
const TRACES = [
  ...['00112233aabbccdd', 'a1b2c3d4e5f6', '0a1b2c3d4e5f', 'passage-', 'chen', 'Ambulance', 'main-in'],
  ...[
    'resident',
    'elevated',
    'notMeasurable',
    'cold_skin',
    '37.9',
    'latencyMs',
    '08:00:00.007',
    '08:00:00.048',
  ],
  ...['boot-of-tuesday', 'synced', 'salts', '9f86d081884c7d65', 'auto"'],
];

describe('a changed row', () => {
  const forms = ['full', 'partial', 'reduced'] as const;
  const inForm = (index: number, form: (typeof forms)[number]) => {
    const { draft, body, hash } = sealed(index);
    const left =
      form === 'full' ? body : reduceBody(body, form === 'partial' ? 'screening' : rowClassOf(draft.name));
    return { left, hash, sequence: index + 1 };
  };
  const cover = coverOf([
    ...CLASSES.map((part) => told(1000, 'log.purged', { class: part, through: 999, count: 1 })),
  ]);

  it('is found in every form, whichever byte it is', () => {
    fc.assert(
      fc.property(
        row,
        fc.constantFrom(...forms),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (index, form, place, flip) => {
          const { left, hash, sequence } = inForm(index, form);
          expect(verifyChain([{ sequence, body: left, hash }], { cover }).status).toBe('intact');
          const body = Uint8Array.from(left);
          const at = place % body.length;
          body[at] = (body[at] ?? 0) ^ flip;
          expect(verifyChain([{ sequence, body, hash }], { cover })).toMatchObject({ problem: 'edited' });
        },
      ),
      { numRuns: 1500 },
    );
  });

  it.each<[string, (envelope: Record<string, unknown>) => object]>([
    ['a member more', (envelope) => ({ ...envelope, note: 'x' })],
    ['a class more', (envelope) => ({ ...envelope, salts: `${envelope.salts} zone=AAAAAAAAAAAAAAAAAAAAAA` })],
    [
      'the same salt, written otherwise',
      (envelope) => ({ ...envelope, salts: `${String(envelope.salts).slice(0, -1)}x` }),
    ],
    [
      'a commitment to what is there',
      (envelope) => ({ ...envelope, commitments: `screening=${'0'.repeat(64)}` }),
    ],
    ['no commitment', (envelope) => ({ ...envelope, commitments: '' })],
    ['another schema', (envelope) => ({ ...envelope, dataschema: 'urn:gatepost:event:door.mode:v1' })],
    ['the screening gone without a trace', (envelope) => ({ ...envelope, data: { accessPoint: 'main-in' } })],
  ])('is found with %s', (_what, change) => {
    const { body, hash } = sealed(1);
    const envelope = change(JSON.parse(text(body))) as Record<string, unknown>;
    const sorted = Object.fromEntries(Object.entries(envelope).sort(([a], [b]) => (a < b ? -1 : 1)));
    expect(readRow(new TextEncoder().encode(JSON.stringify(sorted)))?.hash).not.toBe(hash);
  });
});

describe('the words of the log about what may be gone', () => {
  it('cover rows before themselves, of their class or of the ranges they name', () => {
    const cover = coverOf([
      told(50, 'log.purged', { class: 'access', through: 40, count: 3 }),
      told(60, 'log.purged', { class: 'access', through: 20, count: 3 }),
      told(70, 'log.purged', { class: 'operator', through: 900, count: 3 }),
      told(80, 'privacy.erased', { ranges: '75-77,45,46-47,79-90', rows: 5, receipt: '' }),
    ]);
    const covered = (part: RetentionClass) =>
      Array.from({ length: 100 }, (_, at) => at + 1).filter((sequence) => isCovered(cover, sequence, part));
    const range = (first: number, last: number) =>
      Array.from({ length: last - first + 1 }, (_, at) => first + at);
    const erased = [...range(45, 47), ...range(75, 77)];
    expect(covered('screening')).toEqual(erased);
    expect(covered('access')).toEqual([...range(1, 40), ...erased]);
    expect(covered('operator')).toEqual([...range(1, 69), ...range(75, 77)]);
  });

  it('are lists of names that exist', () => {
    const known = new Set<string>(EVENTS.map(({ name }) => name));
    expect([...ACCESS_EVENTS, ...LOG_EVENTS].filter((name) => !known.has(name))).toEqual([]);
  });
});

function told(sequence: number, name: string, data: object) {
  return { sequence, name, body: new TextEncoder().encode(JSON.stringify({ data })) };
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, at) => permutations(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));
}
