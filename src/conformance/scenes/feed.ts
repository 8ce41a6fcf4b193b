import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { reduceBody } from '../../core/events/stored-row.ts';
import type { HostileGate } from '../hostile-gate.ts';
import type { SentRow } from '../hostile-log.ts';
import type { Kit, Scene } from '../kit.ts';
import type { Belief } from '../question.ts';

const READING = 'reading-the-feed';
const DUPLICATES =
  '**Duplicates happen** after a broken connection: `(source, id)` is the identity of an event.';

/** Nothing is missing up to this number, and as many events are held. */
export const isWhole =
  (last: number, events = last) =>
  (belief: Belief): boolean =>
    belief.upTo === last && belief.events === events && belief.gaps.length === 0;

/** Whether the server holds exactly these rows. */
export async function holds(
  { question }: Kit,
  gate: HostileGate,
  rows: readonly SentRow[],
): Promise<boolean> {
  const held = await Promise.all(rows.map(({ epoch, sequence }) => question.event(gate, epoch, sequence)));
  return rows.every(({ body }, at) => isDeepStrictEqual(held[at], JSON.parse(body.toString('utf8'))));
}

const duplicates: Scene = {
  name: 'duplicates',
  claims: {
    1: { anchor: READING, sentence: DUPLICATES, claim: 'an event that comes twice at once counts once' },
    2: {
      anchor: READING,
      sentence: 'After a broken connection the last few (at most 20) may come a second time;',
      claim: 'twenty events that come again count once',
    },
    3: {
      anchor: READING,
      sentence: 'after a gate that was killed or lost its power in a backlog the last 520 at most',
      claim: '520 events that come again count once',
    },
    4: {
      anchor: 'replay',
      sentence: 'for others they are duplicates.',
      claim: 'events that somebody else asked for again count once',
    },
    5: {
      anchor: 'what-a-server-is-asked',
      sentence:
        'A reduced form of a row that is held has the same hash: it is no other row, and replaces nothing',
      claim: 'a reduced form that comes later leaves what is held as it is',
    },
    6: { anchor: READING, sentence: DUPLICATES, claim: 'no duplicate raises an alarm' },
    7: {
      anchor: 'what-a-server-is-asked',
      sentence: 'the event as it is held: the same JSON value.',
      claim: 'each event is held as it was sent',
    },
  },
  async play(kit) {
    const gate = await kit.gate('twice');
    await gate.tell('init');
    const first = [gate.begin(), ...gate.writeMany(4)];
    for (const row of first) await gate.send([row, row]);
    await kit.believes(1, gate, isWhole(5));
    const more = gate.writeMany(20);
    await gate.send(more);
    await gate.send(more);
    await gate.send([gate.write()]);
    await kit.believes(2, gate, isWhole(26));
    const backlog = gate.writeMany(540);
    await gate.send(backlog);
    await gate.send(backlog.slice(20));
    await gate.send([gate.write()]);
    await kit.believes(3, gate, isWhole(567));
    await gate.send(backlog.slice(0, 30), true);
    await gate.send([gate.write()]);
    await kit.believes(4, gate, isWhole(568));
    const kept = backlog.slice(0, 3);
    await gate.send(kept.map((row) => ({ ...row, body: Buffer.from(reduceBody(row.body, 'access')) })));
    await gate.send([gate.write()]);
    await kit.believes(6, gate, (belief) => belief.events === 569 && belief.alarms.length === 0);
    kit.decide(5, await holds(kit, gate, kept), 'it holds another form than what came first');
    kit.decide(7, await holds(kit, gate, [...first, ...more]), 'it holds something else than what was sent');
  },
};

const order: Scene = {
  name: 'out of order',
  claims: {
    8: {
      anchor: 'how-a-server-closes-a-gap',
      sentence: 'What is missing between the begin and the largest number seen is a gap',
      claim: 'a gap is known, with its first and last number',
    },
    9: {
      anchor: 'what-a-server-is-asked',
      sentence: '`begin` less 1 where that one is missing',
      claim: 'upTo stays before a gap',
    },
    10: {
      anchor: READING,
      sentence: '`sequence` is contiguous within `(source, epoch)`',
      claim: 'events that come late and in reverse close the gap by themselves',
    },
    11: {
      anchor: READING,
      sentence: '`time` is when it happened and `recordedtime` when it was written',
      claim: 'the number says the order, not the time: a clock that steps back makes neither gap nor alarm',
    },
  },
  async play(kit) {
    const gate = await kit.gate('late');
    gate.onReplay = async () => undefined;
    await gate.tell('init');
    const rows = [gate.begin(), ...gate.writeMany(9)];
    const late = rows.slice(3, 6);
    await gate.send([...rows.slice(0, 3), ...rows.slice(6)]);
    await kit.believes(8, gate, ({ gaps }) => isDeepStrictEqual(gaps, [[4, 6]]));
    await kit.believes(9, gate, ({ upTo, last, events }) => upTo === 3 && last === 10 && events === 7);
    await gate.send(late.toReversed());
    await kit.believes(10, gate, isWhole(10));
    await gate.send([
      gate.write(undefined, { timeMs: Date.now() - 86_400_000 }),
      gate.write(undefined, { timeMs: 1000 }),
      gate.write(),
    ]);
    await kit.believes(11, gate, (belief) => isWhole(13)(belief) && belief.alarms.length === 0);
  },
};

const unknown: Scene = {
  name: 'unknown words',
  claims: {
    12: {
      anchor: READING,
      sentence: 'Ignore members you do not know, and treat an unknown `reason` as `Other`.',
      claim: 'an unknown member in data is kept, and changes nothing',
    },
    13: {
      anchor: READING,
      sentence: 'Ignore members you do not know, and treat an unknown `reason` as `Other`.',
      claim: 'an unknown member of the envelope is kept, and changes nothing',
    },
    14: {
      anchor: READING,
      sentence: 'Ignore members you do not know, and treat an unknown `reason` as `Other`.',
      claim: 'an unknown reason is kept as it is',
    },
    15: {
      anchor: 'how-the-contract-changes',
      sentence:
        'An event of a type that a server does not know is an event like any other: it is counted, kept, linked and acknowledged.',
      claim: 'an unknown type is held',
    },
    16: {
      anchor: READING,
      sentence: 'What changes meaning gets a new version in `type` and `dataschema`.',
      claim: 'a type of another version is held, and proves nothing about the chain',
    },
    17: {
      anchor: 'how-the-contract-changes',
      sentence: 'Topics that a server does not know are none of its business, also where they are retained.',
      claim: 'unknown states and topics, and broken ones, do no harm',
    },
    18: {
      anchor: READING,
      sentence: 'Ignore members you do not know, and treat an unknown `reason` as `Other`.',
      claim: 'unknown members of state/conn are ignored',
    },
    19: {
      anchor: 'hash-chain',
      sentence: 'Rows of versions before have neither `salts` nor `commitments` and stay as they are',
      claim: 'a row of an earlier version is held without an alarm',
    },
  },
  async play(kit) {
    const gate = await kit.gate('words');
    await gate.tell('init', { firmware: { of: 'tomorrow' }, list: [1, null] });
    const plain = [gate.begin(), gate.write()];
    const member = gate.write(undefined, { data: { door: 'main', state: 'Open', speed: 1.5, 未知: ['值'] } });
    const envelope = gate.write(undefined, { members: { partitionkey: 'a' } });
    const denied = {
      accessPoint: 'main-in',
      decision: 'Denied',
      reason: 'gp:TooSunny',
      reasons: ['gp:TooSunny'],
    };
    const reason = gate.write('access.denied', { data: denied });
    const type = gate.write('lift.arrived', { data: { floor: -2 } });
    // Of the class of passages, which its name alone does not tell.
    const call = gate.write('assist.requested', {
      data: { call: 'a1', accessPoint: 'main-in', by: 'screen' },
    });
    const version = gate.write(undefined, {
      members: {
        type: 'io.gatepost.door.physical.v2',
        dataschema: 'urn:gatepost:event:door.physical:v2',
        salts: undefined,
        chain: 'other',
      },
    });
    const login = gate.write('operator.login', { data: { operator: 'guard' } });
    await gate.send([...plain, member, envelope, reason, type, call, version, login]);
    await gate.say('state/weather', JSON.stringify({ sun: true }), { retain: true });
    await gate.say('state/conn/extra', '{', { retain: true });
    await gate.say('state/door/main', '{"mode":', { retain: true });
    await gate.say('alert/log', JSON.stringify({ text: 'x' }), { retain: true });
    await gate.say('alert/log', '', { retain: true });
    const older = gate.write('operator.logout', {
      data: { operator: 'guard' },
      members: { salts: undefined },
    });
    await gate.send([older, gate.write()]);
    const settled = await kit.settled(gate);
    const heldOf = async (number: number, rows: readonly SentRow[]): Promise<void> =>
      kit.decide(number, await holds(kit, gate, rows), 'it does not hold it as it was sent');
    await heldOf(12, [member]);
    await heldOf(13, [envelope]);
    await heldOf(14, [reason]);
    await heldOf(15, [type, call]);
    await heldOf(16, [version]);
    await heldOf(19, [older]);
    const believed = JSON.stringify(settled);
    for (const number of [12, 13, 14, 15, 16, 17, 18, 19])
      kit.decide(
        number,
        settled !== undefined && isWhole(11)(settled) && settled.alarms.length === 0,
        `it believes ${believed}`,
      );
  },
};

const text: Scene = {
  name: 'text and numbers',
  claims: {
    20: {
      anchor: 'what-a-server-is-asked',
      sentence: 'the event as it is held: the same JSON value.',
      claim: 'text of every language, and of none, is held as it was sent',
    },
    21: { anchor: 'commands', sentence: '1 to 2^53 - 1', claim: 'numbers up to 9007199254740991 are exact' },
    22: {
      anchor: 'what-a-server-is-asked',
      sentence: 'too large, or what no database takes. They are not missing',
      claim: 'text with NUL or half a character makes no gap',
    },
    23: {
      anchor: 'what-a-server-is-asked',
      sentence: 'whose events came and cannot be kept as they are',
      claim: 'an event of 300 kB makes no gap, and others after it are read',
    },
  },
  async play(kit) {
    const gate = await kit.running('text', 2);
    const words = [
      '保安室在北門',
      'Tür „Nord“',
      '👩‍👩‍👧 🇨🇳',
      'a\u2028b',
      '\u202eabc',
      '"\\\b\f\n\r\t',
      "'); drop table event; --",
      '%00%2F..',
    ];
    const rows = words.map((note) =>
      gate.write('accesspoint.enabled', {
        data: { accessPoint: 'main-in', enabled: true, by: 'guard', note },
      }),
    );
    await gate.send(rows);
    await kit.settled(gate);
    kit.decide(20, await holds(kit, gate, rows), 'it does not hold them as they were sent');

    const odd = ['a\u0000b', '\ud800'].map((note) =>
      gate.write('operator.login', { data: { operator: note } }),
    );
    await gate.send([...odd, gate.write()]);
    const afterOdd = gate.last;
    await kit.believes(22, gate, ({ upTo, gaps }) => upTo === afterOdd && gaps.length === 0);
    await gate.send([
      gate.write('operator.login', { data: { operator: 'x'.repeat(300_000) } }),
      gate.write(),
    ]);
    await kit.believes(23, gate, ({ upTo, gaps }) => upTo === gate.last && gaps.length === 0);

    const far = await kit.gate('far');
    far.epoch = randomUUID();
    const top = Number.MAX_SAFE_INTEGER;
    far.last = top - 5;
    await far.tell('init', { firstSeq: top - 4, lastSeq: top - 5 });
    await far.send([far.begin(), ...far.writeMany(4)]);
    await kit.believes(
      21,
      far,
      ({ begin, upTo, last, events }) => begin === top - 4 && upTo === top && last === top && events === 5,
    );
  },
};

export const FEED_SCENES: readonly Scene[] = [duplicates, order, unknown, text];
