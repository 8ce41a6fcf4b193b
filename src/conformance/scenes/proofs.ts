import { hash } from 'node:crypto';
import { canonicalJson } from '../../core/encoding/canonical-json.ts';
import type { Data, SentRow } from '../hostile-log.ts';
import { strangersKey } from '../keys.ts';
import type { Scene } from '../kit.ts';
import { isWhole } from './feed.ts';

const ALARMS = 'what-a-server-is-asked';
const CHAIN = '`prevhash` of an event is not the row hash of the event with the number before it';

const SCREENING = { mode: 'enforce', outcome: 'elevated', attempts: 2 };
/** Rows whose parts are divided in each of the ways that there are. */
const ABOUT_READINGS: readonly (readonly [name: string, data: Data])[] = [
  ['access.granted', { passage: 'a', reasons: [], screening: SCREENING }],
  [
    'access.denied',
    { passage: 'b', reason: 'gp:TemperatureHigh', reasons: ['gp:TemperatureHigh'], screening: SCREENING },
  ],
  [
    'access.denied',
    {
      passage: 'c',
      reason: 'CredentialExpired',
      reasons: ['CredentialExpired', 'gp:TemperatureNotMeasured'],
    },
  ],
  ['operator.override', { action: 'seen', operator: 'guard', item: 'elevated', passage: 'b' }],
  ['operator.override', { action: 'seen', operator: 'guard', item: 'device', role: 'thermometer' }],
];

const chain: Scene = {
  name: 'rows that were edited',
  claims: {
    72: { anchor: ALARMS, sentence: CHAIN, claim: 'the alarm chain-broken, where a row was edited' },
    73: {
      anchor: ALARMS,
      sentence: CHAIN,
      claim: 'the alarm chain-broken, where a row was made to follow another',
    },
    74: {
      anchor: 'hash-chain',
      sentence: 'the hash holds whatever is taken from the row afterwards',
      claim: 'rows that follow each other raise no alarm, whole or reduced',
    },
  },
  async play(kit) {
    const edited = await kit.running('edited', 3);
    const row = edited.write('access.granted', {
      data: { accessPoint: 'main-in', passId: '00112233aabbccdd' },
    });
    const forged: SentRow = {
      ...row,
      body: Buffer.from(row.body.toString().replace('00112233aabbccdd', 'ffffffffffffffff')),
    };
    await edited.send([forged, ...edited.writeMany(2)]);
    await kit.believes(72, edited, ({ alarms }) => alarms.includes('chain-broken'));

    const linked = await kit.running('linked', 3);
    const body = JSON.parse(linked.write().body.toString());
    const elsewhere = canonicalJson({ ...body, prevhash: hash('sha256', 'elsewhere') });
    await linked.send([
      { epoch: linked.epoch, sequence: 4, below: 'evt/door', hash: '', body: Buffer.from(elsewhere) },
    ]);
    await kit.believes(73, linked, ({ alarms }) => alarms.includes('chain-broken'));

    const sound = await kit.running('sound', 40);
    await sound.send([...ABOUT_READINGS.map(([name, data]) => sound.write(name, { data })), sound.write()]);
    await kit.believes(74, sound, (belief) => isWhole(46)(belief) && belief.alarms.length === 0);
  },
};

const SIZE_NEVER_FALLS = 'Of one epoch `size` never falls, and two of one size have one root.';

const checkpoints: Scene = {
  name: 'checkpoints',
  claims: {
    75: {
      anchor: 'log-checkpoints',
      sentence: 'A checkpoint of another key is no checkpoint of this gate.',
      claim: 'the alarm checkpoint-not-signed, where another key has signed it',
    },
    76: {
      anchor: 'the-form-of-a-note',
      sentence: 'one of this key whose signature does not hold makes the whole note worthless.',
      claim: 'the same where the text was changed after it was signed',
    },
    77: {
      anchor: ALARMS,
      sentence: 'is not of this gate',
      claim: 'the same where it is the checkpoint of another gate',
    },
    78: {
      anchor: 'log-checkpoints',
      sentence: SIZE_NEVER_FALLS,
      claim: 'the alarm checkpoint-inconsistent, where a smaller size comes later',
    },
    79: {
      anchor: 'log-checkpoints',
      sentence: SIZE_NEVER_FALLS,
      claim: 'the same where one size comes with two roots',
    },
    80: {
      anchor: 'log-checkpoints',
      sentence:
        'Recompute the tree from the row hashes of what was published, and compare the root at `size`.',
      claim: 'the same where the root is not that of the rows that came',
    },
    81: {
      anchor: 'log-checkpoints',
      sentence: 'a checkpoint may come before the last events that it covers.',
      claim: 'good checkpoints raise no alarm, early, late and twice',
    },
    82: {
      anchor: 'the-form-of-a-note',
      sentence: 'Pass over lines of other names or other 4 bytes',
      claim: 'signatures of others on a good checkpoint do no harm',
    },
  },
  async play(kit) {
    const foreign = await kit.running('foreign', 4);
    await foreign.tellCheckpoint(foreign.note({ size: 4, signer: strangersKey() }), 4);
    await foreign.send([foreign.write()]);
    await kit.believes(75, foreign, ({ alarms }) => alarms.includes('checkpoint-not-signed'));

    const changed = await kit.running('changed', 4);
    await changed.tellCheckpoint(changed.note({ size: 4 }).replace('\n4\n', '\n3\n'), 3);
    await changed.send([changed.write()]);
    await kit.believes(76, changed, ({ alarms }) => alarms.includes('checkpoint-not-signed'));

    const moved = await kit.running('moved', 4);
    await moved.tellCheckpoint(
      moved.note({ size: 4, origin: `gatepost/${kit.settings.site}/nowhere/${moved.epoch}` }),
      4,
    );
    await moved.send([moved.write()]);
    await kit.believes(77, moved, ({ alarms }) => alarms.includes('checkpoint-not-signed'));

    const shorter = await kit.running('shorter', 6);
    await shorter.tellCheckpoint(shorter.note({ size: 6 }), 6);
    await kit.settled(shorter);
    await shorter.tellCheckpoint(shorter.note({ size: 4 }), 4);
    await shorter.send([shorter.write()]);
    await kit.believes(78, shorter, ({ alarms }) => alarms.includes('checkpoint-inconsistent'));

    const roots = await kit.gate('roots');
    await roots.tell('init');
    const rows = [roots.begin(), ...roots.writeMany(4)];
    for (const word of ['one', 'two'])
      await roots.tellCheckpoint(roots.note({ size: 50, root: hash('sha256', word, 'buffer') }), 50);
    await roots.send(rows);
    await kit.believes(79, roots, ({ alarms }) => alarms.includes('checkpoint-inconsistent'));

    const rewritten = await kit.running('rewritten', 5);
    await rewritten.tellCheckpoint(rewritten.note({ size: 5, root: hash('sha256', 'other', 'buffer') }), 5);
    await rewritten.send([rewritten.write()]);
    await kit.believes(80, rewritten, ({ alarms }) => alarms.includes('checkpoint-inconsistent'));

    const good = await kit.running('good', 5);
    const late = good.writeMany(3);
    for (const size of [3, 5, 5, 8]) await good.tellCheckpoint(good.note({ size }), size);
    await good.send(late);
    await good.send([good.write()]);
    await kit.believes(81, good, (belief) => isWhole(9)(belief) && belief.alarms.length === 0);

    const cosigned = await kit.running('cosigned', 5);
    const note = cosigned.note({ size: 5 });
    const others = `\u2014 witness.example ${Buffer.alloc(76, 7).toString('base64')}\n`;
    await cosigned.tellCheckpoint(`${note}${others}`, 5);
    await cosigned.send([cosigned.write()]);
    await kit.believes(82, cosigned, (belief) => isWhole(6)(belief) && belief.alarms.length === 0);
  },
};

export const PROOF_SCENES: readonly Scene[] = [chain, checkpoints];
