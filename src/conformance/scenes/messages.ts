import type { Scene } from '../kit.ts';
import { holds, isWhole } from './feed.ts';

const ALARMS = 'what-a-server-is-asked';
const MALFORMED = 'something on `evt/…` is no event of this gate, or had to be set aside';

const broken: Scene = {
  name: 'what is no event',
  claims: {
    83: {
      anchor: ALARMS,
      sentence: MALFORMED,
      claim: 'broken JSON raises the alarm malformed, and is no event',
    },
    84: {
      anchor: ALARMS,
      sentence: MALFORMED,
      claim: 'an event that names another gate than its topic is counted for neither',
    },
    85: {
      anchor: ALARMS,
      sentence: MALFORMED,
      claim:
        'bytes that are no text, lists, numbers, nesting without end and numbers out of range end nothing',
    },
    86: {
      anchor: 'reading-the-feed',
      sentence: 'pass over what is empty.',
      claim: 'empty messages are passed over, without an alarm',
    },
    87: {
      anchor: 'how-the-contract-changes',
      sentence: 'a broken message is never a reason to stop reading',
      claim: 'what comes after them is read',
    },
  },
  async play(kit) {
    const gate = await kit.running('broken', 3);
    await gate.say('evt/door', '{"specversion":"1.0","sequence":');
    await gate.send([gate.write()]);
    await kit.believes(83, gate, (belief) => isWhole(4)(belief) && belief.alarms.includes('malformed'));

    const other = await kit.running('other', 3);
    const gateB = await kit.running('topic', 3);
    const foreign = other.write();
    await gateB.send([foreign, gateB.write()]);
    await kit.believes(84, gateB, (belief) => isWhole(4)(belief) && belief.alarms.includes('malformed'));
    await kit.believes(84, other, (belief) => isWhole(3)(belief) && belief.alarms.length === 0);

    const noise = await kit.running('noise', 3);
    const body = JSON.parse(noise.write().body.toString());
    noise.rewind(3);
    const odd = [
      ...[Buffer.of(0xff, 0xfe, 0x00), '[]', '7', 'null', '"text"', '{}', '['.repeat(50_000)],
      ...['1', 1, '', '99999999999999999999', '-000000000000001', '0000000000000000', '9999999999999999'].map(
        (sequence) => JSON.stringify({ ...body, sequence }),
      ),
      ...['x', '../../etc', null].map((epoch) => JSON.stringify({ ...body, epoch })),
    ];
    for (const payload of odd) await noise.say('evt/door', payload);
    await noise.send([noise.write()]);
    await kit.believes(
      85,
      noise,
      ({ upTo, events, alarms }) => upTo >= 4 && events === 4 && alarms.includes('malformed'),
    );
    await noise.send(noise.writeMany(5));
    await kit.believes(87, noise, ({ events, upTo }) => upTo >= 9 && events >= 9);

    const empty = await kit.running('empty', 3);
    for (const below of [
      'evt/doctor',
      'state/doctor',
      'alert/doctor',
      'evt/door',
      'state/conn',
      'checkpoint',
    ])
      await empty.say(below, '');
    await empty.send([empty.write()]);
    await kit.believes(86, empty, (belief) => isWhole(4)(belief) && belief.alarms.length === 0);
  },
};

const late: Scene = {
  name: 'a server that comes late',
  claims: {
    88: {
      anchor: 'how-a-server-closes-a-gap',
      sentence: 'of a gate that is new to the server, if it wants all there is: `firstSeq` likewise;',
      claim: 'what lies before firstSeq is no gap',
    },
    89: {
      anchor: 'how-a-server-closes-a-gap',
      sentence: 'of a gate that is new to the server, if it wants all there is: `firstSeq` likewise;',
      claim: 'what was sent before the server came, from firstSeq on, is asked for',
    },
    90: {
      anchor: 'what-a-server-is-asked',
      sentence: 'the first number that is [wanted](#how-a-server-closes-a-gap)',
      claim: 'a later firstSeq takes nothing away that is held',
    },
  },
  async play(kit) {
    const purged = await kit.gate('begins');
    purged.last = 100;
    await purged.tell('init', { firstSeq: 101, lastSeq: 100 });
    await purged.send([purged.begin(), ...purged.writeMany(4)]);
    await kit.believes(
      88,
      purged,
      ({ begin, upTo, events, gaps }) => begin === 101 && upTo === 105 && events === 5 && gaps.length === 0,
    );

    const before = await kit.gate('before');
    before.begin();
    before.writeMany(9);
    await before.tell('init');
    await before.tell('ready');
    await before.send([before.write()]);
    await kit.believes(89, before, isWhole(11));
    await before.tell('init', { firstSeq: 8 });
    await before.send([before.write()]);
    await kit.believes(90, before, isWhole(12));
  },
};

const old: Scene = {
  name: 'a broker of MQTT 3.1.1',
  claims: {
    91: {
      anchor: 'verbs',
      sentence: 'and so is every one on MQTT 3.1.1; then the event tells.',
      claim: 'a gap is closed by what comes, also where no answer does',
    },
    92: {
      anchor: 'how-a-server-closes-a-gap',
      sentence: 'Without an answer for a minute after the last sign',
      claim: 'without an answer it is not asked again at once',
    },
    93: {
      anchor: 'reading-the-feed',
      sentence: 'The body is the same bytes as ever.',
      claim: 'events without any property are held like all others',
    },
  },
  async play(kit) {
    const gate = await kit.gate('old', { protocol: 4 });
    gate.onReplay = async ({ wanted }) => {
      const rows = [3, 4].map((number) => gate.row(number, wanted?.epoch)).filter((row) => row !== undefined);
      await gate.send(rows);
    };
    await gate.tell('init');
    const rows = [gate.begin(), ...gate.writeMany(5)];
    const came = rows.filter(({ sequence }) => sequence !== 3 && sequence !== 4);
    await gate.send(came);
    await kit.believes(91, gate, isWhole(6));
    await gate.send(gate.writeMany(2));
    await kit.settled(gate);
    kit.decide(92, gate.requests.length === 1, `it asked ${gate.requests.length} times`);
    kit.decide(93, await holds(kit, gate, came), 'it does not hold them as they were sent');
  },
};

const names: Scene = {
  name: 'names',
  claims: {
    94: {
      anchor: 'what-a-server-is-asked',
      sentence: 'every gate it has heard of: list of `{"site", "gate"}`',
      claim: 'gates of the longest and of look-alike names are told apart',
    },
    95: {
      anchor: 'what-a-server-is-asked',
      sentence: 'every gate it has heard of: list of `{"site", "gate"}`',
      claim: '/gates lists them',
    },
    96: {
      anchor: 'what-a-server-is-asked',
      sentence: '| `/gates/<site>/<gate>` | 404, or what is below, about the present epoch;',
      claim: 'of a gate that nobody has heard of it says 404, whatever the name',
    },
    97: {
      anchor: 'what-a-server-is-asked',
      sentence: 'The number in decimal, without zeros in front',
      claim: 'of an event that is not held it says 404',
    },
    98: {
      anchor: 'what-a-server-is-asked',
      sentence: '200 or 503, `{"ok": …}`; ok: it receives, and can store',
      claim: '/healthz says 200 while it receives',
    },
  },
  async play(kit) {
    const { run, site } = kit.settings;
    const ids = ['a', 'a-', 'a-1', '0', 'x'.repeat(31 - run.length)];
    const gates = [];
    for (const [at, id] of ids.entries()) gates.push(await kit.running(id, at + 2));
    for (const [at, gate] of gates.entries()) await kit.believes(94, gate, isWhole(at + 2));
    const { value } = await kit.question.get('/gates');
    const listed = new Set((Array.isArray(value) ? value : []).map((one) => `${one?.site}/${one?.gate}`));
    kit.decide(
      95,
      gates.every(({ id }) => listed.has(`${site}/${id}`)),
      `it lists ${listed.size} gates`,
    );
    const strange = [
      `/gates/${site}/${run}-nobody`,
      `/gates/${site}/..%2f..`,
      `/gates/${site}/%00`,
      '/gates/%F0%9F%9A%AA/north',
      `/gates/${site}/a/b/c/d/e`,
    ];
    const answers = await Promise.all(strange.map((path) => kit.question.get(path)));
    const wrong = answers
      .map(({ status }, at) => `${status} for ${strange[at]}`)
      .filter((words) => !/^(404|400) /.test(words));
    kit.decide(96, answers[0]?.status === 404 && wrong.length === 0, wrong.join(', '));
    const [first] = gates;
    const held =
      first === undefined
        ? []
        : await Promise.all(
            [9, 0, Number.MAX_SAFE_INTEGER].map((number) => kit.question.event(first, first.epoch, number)),
          );
    kit.decide(97, held.length === 3 && held.every((one) => one === undefined), 'it says that it holds one');
    const { status, value: health } = await kit.question.get('/healthz');
    kit.decide(
      98,
      status === 200 && (health as { ok?: unknown } | undefined)?.ok === true,
      `it says ${status} ${JSON.stringify(health)}`,
    );
  },
};

export const MESSAGE_SCENES: readonly Scene[] = [broken, late, old, names];
