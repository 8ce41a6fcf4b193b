import { isDeepStrictEqual } from 'node:util';
import type { Scene } from '../kit.ts';
import { holds, isWhole } from './feed.ts';

const ALARMS = 'what-a-server-is-asked';
const BEGIN = 'Its `log.reset` has that number';

const lost: Scene = {
  name: 'a log that was lost',
  claims: {
    53: {
      anchor: 'reading-the-feed',
      sentence:
        "A new `epoch` means that the gate's log was lost or restored; its first event, `log.reset`, announces it.",
      claim: 'the new epoch is the present one, and the old one is known before it',
    },
    54: {
      anchor: 'how-a-server-closes-a-gap',
      sentence: BEGIN,
      claim: 'an epoch that begins with 1 again has no gap',
    },
    55: {
      anchor: 'how-a-server-closes-a-gap',
      sentence: 'Keep what was received by `(source, epoch, sequence)`',
      claim: 'two events of one number in two epochs are both held',
    },
    56: {
      anchor: ALARMS,
      sentence: 'a second epoch of a gate: its log was lost, put back or begun anew',
      claim: 'the alarm epoch-changed',
    },
    57: {
      anchor: ALARMS,
      sentence: 'a second epoch of a gate: its log was lost, put back or begun anew',
      claim: 'a first epoch, a restart and a lost connection raise no alarm',
    },
    58: {
      anchor: ALARMS,
      sentence: 'or what is below, about the present epoch; `?epoch=<id>` about another one',
      claim: 'the old epoch can be asked about',
    },
    59: {
      anchor: 'receipts',
      sentence: 'A receipt of an epoch covers all epochs before it too.',
      claim: 'the receipt names the new epoch once nothing of the old one is missing',
    },
    60: {
      anchor: 'how-a-server-closes-a-gap',
      sentence: 'ask with the ids that it still knows',
      claim: 'a gap of the epoch before is asked for under its own id, and closed',
    },
  },
  async play(kit) {
    const gate = await kit.running('lost', 6);
    const before = {
      epoch: gate.epoch,
      rows: [2, 3].map((number) => gate.row(number)).filter((row) => row !== undefined),
    };
    await gate.tell('lost');
    await gate.tell('init');
    await gate.tell('ready');
    await kit.settled(gate);
    await kit.believes(57, gate, (belief) => isWhole(6)(belief) && belief.alarms.length === 0);
    gate.restore(0);
    await gate.tell('init', { lastSeq: 0 });
    await gate.send([
      gate.begin({ cause: 'lost', previousEpoch: before.epoch, previousSequence: 6 }),
      ...gate.writeMany(3),
    ]);
    await kit.believes(
      53,
      gate,
      ({ epoch, epochs }) => epoch === gate.epoch && isDeepStrictEqual(epochs, [before.epoch, gate.epoch]),
    );
    await kit.believes(54, gate, isWhole(4));
    const both = [
      ...before.rows,
      ...[2, 3].map((number) => gate.row(number)).filter((row) => row !== undefined),
    ];
    kit.decide(55, both.length === 4 && (await holds(kit, gate, both)), 'it does not hold all four');
    await kit.believes(56, gate, ({ alarms }) => isDeepStrictEqual(alarms, ['epoch-changed']));
    await kit.believes(58, gate, isWhole(6), before.epoch);
    const acked = await kit.receives(gate, () =>
      gate.receipts.some(({ epoch, upTo }) => epoch === gate.epoch && upTo === 4),
    );
    kit.decide(59, acked, `its receipts were ${JSON.stringify(gate.receipts)}`);

    const holes = await kit.gate('epochgap');
    const old = holes.epoch;
    holes.onReplay = async () => undefined;
    await holes.tell('init');
    const rows = [holes.begin(), ...holes.writeMany(7)];
    await holes.send(rows.filter(({ sequence }) => sequence !== 5));
    await kit.settled(holes);
    holes.restore(8);
    holes.onReplay = (request) => holes.serve(request);
    await holes.tell('init', { firstSeq: 9 });
    await holes.send([
      holes.begin({ cause: 'damaged', previousEpoch: old, previousSequence: 8 }),
      ...holes.writeMany(2),
    ]);
    await kit.believes(60, holes, isWhole(8), old);
  },
};

const restored: Scene = {
  name: 'a backup that was put back',
  claims: {
    61: { anchor: ALARMS, sentence: 'the gate has lost what the server has', claim: 'the alarm went-back' },
    62: {
      anchor: 'a-log-that-went-back',
      sentence: 'What was in the log then and is not in it now is lost',
      claim: 'what the gate has lost, the server keeps',
    },
    63: {
      anchor: 'how-a-server-closes-a-gap',
      sentence: BEGIN,
      claim: 'an epoch that begins in the middle has no gap before it',
    },
    64: {
      anchor: ALARMS,
      sentence: 'An older `state/conn` says nothing: it is not told again for each event',
      claim: 'a retained state/conn that is older than the events raises no alarm',
    },
    65: {
      anchor: 'hash-chain',
      sentence: 'the `log.reset` of a new epoch names the last row that the log still had, if any.',
      claim: 'prevhash of a log.reset that names a row of the epoch before breaks no chain',
    },
  },
  async play(kit) {
    const gate = await kit.running('backup', 20);
    const old = gate.epoch;
    const gone = [12, 20].map((number) => gate.row(number)).filter((row) => row !== undefined);
    await kit.settled(gate);
    gate.restore(11);
    await gate.tell('init', { firstSeq: 12 });
    await gate.send([
      gate.begin({ cause: 'restored', previousEpoch: old, previousSequence: 20 }),
      ...gate.writeMany(3),
    ]);
    await kit.believes(61, gate, ({ alarms }) => alarms.includes('went-back'));
    kit.decide(62, gone.length === 2 && (await holds(kit, gate, gone)), 'it does not hold them any more');
    await kit.believes(
      63,
      gate,
      ({ begin, upTo, events, gaps }) => begin === 12 && upTo === 15 && events === 4 && gaps.length === 0,
    );
    await kit.believes(65, gate, ({ alarms }) => !alarms.includes('chain-broken'));

    const calm = await kit.running('calm', 3);
    await calm.tell('ready', { lastSeq: 1, since: new Date(Date.now() - 3_600_000).toISOString() });
    await calm.tell('init', { lastSeq: 1, since: new Date(Date.now() - 3_600_000).toISOString() });
    await calm.send([calm.write()]);
    await kit.believes(64, calm, (belief) => isWhole(4)(belief) && belief.alarms.length === 0);
  },
};

const twins: Scene = {
  name: 'two gates with one id',
  claims: {
    66: {
      anchor: ALARMS,
      sentence: 'one number of an epoch came with two different rows (another row hash)',
      claim: 'the alarm two-gates, where one number comes with two rows',
    },
    67: { anchor: ALARMS, sentence: 'What came first stays.', claim: 'the row that came first is held' },
    68: {
      anchor: ALARMS,
      sentence: 'two gates with one id, or a copied store',
      claim: 'the alarm two-gates, where the events of two boots come in turn',
    },
  },
  async play(kit) {
    const gate = await kit.running('twins', 5);
    const own = gate.row(5);
    gate.rewind(4);
    const other = gate.write(undefined, { data: { door: 'main', state: 'Fault' } });
    await gate.send([other]);
    await kit.believes(66, gate, ({ alarms, events }) => alarms.includes('two-gates') && events === 5);
    kit.decide(67, own !== undefined && (await holds(kit, gate, [own])), 'it holds the other one');

    const boots = await kit.running('boots', 3);
    const [one, two] = [boots.bootId, '11111111-2222-4333-8444-555555555555'];
    for (const boot of [two, one, two]) {
      boots.bootId = boot;
      await boots.send(boots.writeMany(2));
    }
    await kit.believes(68, boots, ({ alarms }) => alarms.includes('two-gates'));
  },
};

const clock: Scene = {
  name: 'a clock that is not in step',
  claims: {
    69: {
      anchor: ALARMS,
      sentence: 'the event with the largest number says `timequality` `unsynced`',
      claim: 'the alarm unsynced-clock',
    },
    70: {
      anchor: ALARMS,
      sentence: '`unsynced-clock` alone goes by itself.',
      claim: 'it goes when the clock is in step again',
    },
    71: {
      anchor: 'reading-the-feed',
      sentence: '`timequality` says how far to believe the clock.',
      claim: 'events of the year 1970 and 2106 are held, and make neither gap nor alarm',
    },
  },
  async play(kit) {
    const gate = await kit.running('clock', 2);
    await gate.send([gate.write(undefined, { quality: 'unsynced' })]);
    await kit.believes(69, gate, ({ alarms }) => isDeepStrictEqual(alarms, ['unsynced-clock']));
    await gate.send([gate.write(undefined, { quality: 'holdover' })]);
    await kit.believes(70, gate, (belief) => isWhole(4)(belief) && belief.alarms.length === 0);
    const odd = [0, Date.UTC(2106, 1, 7)].map((timeMs) =>
      gate.write(undefined, { timeMs, quality: 'holdover' }),
    );
    await gate.send([...odd, gate.write()]);
    await kit.believes(71, gate, (belief) => isWhole(7)(belief) && belief.alarms.length === 0);
    kit.decide(71, await holds(kit, gate, odd), 'it does not hold them');
  },
};

export const EPOCH_SCENES: readonly Scene[] = [lost, restored, twins, clock];
