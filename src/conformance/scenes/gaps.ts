import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { reduceBody } from '../../core/events/stored-row.ts';
import type { HostileGate } from '../hostile-gate.ts';
import type { SentRow } from '../hostile-log.ts';
import type { Kit, Scene } from '../kit.ts';
import type { ReplayRequest } from '../server-messages.ts';
import { isWhole } from './feed.ts';

const CLOSING = 'how-a-server-closes-a-gap';
const ASKED_ONCE =
  'Ask for each gap once: one `replay` from its first to its last number, with a response topic and correlation data of its own.';
const AGAIN = 'after any other, and after `failed`, ask again some seconds later with a new counter.';

/** A gate of which the numbers from `from` to `to` were written and never came. */
async function gapped(
  kit: Kit,
  id: string,
  from: number,
  to: number,
  onReplay?: HostileGate['onReplay'],
): Promise<HostileGate> {
  const gate = await kit.gate(id);
  if (onReplay !== undefined) gate.onReplay = onReplay;
  await gate.tell('init');
  const rows = [gate.begin(), ...gate.writeMany(to + 1)];
  await gate.send(rows.filter(({ sequence }) => sequence < from || sequence > to));
  return gate;
}

function gateRows(gate: HostileGate, from: number, to: number): readonly SentRow[] {
  return Array.from({ length: to - from + 1 }, (_, at) => gate.row(from + at)).filter(
    (row) => row !== undefined,
  );
}

function reducedRow(row: SentRow): SentRow {
  return { ...row, body: Buffer.from(reduceBody(row.body, 'access')) };
}

const said = (requests: readonly ReplayRequest[]): string =>
  `it sent ${JSON.stringify(requests.map(({ wanted, refusal, counter }) => ({ ...wanted, refusal, counter })))}`;

const replay: Scene = {
  name: 'a gap, and its replay',
  claims: {
    24: {
      anchor: CLOSING,
      sentence: ASKED_ONCE,
      claim: 'a gap is asked for, from its first to its last number',
    },
    25: {
      anchor: 'commands',
      sentence:
        'signed over external_aad `gatepost-command/1` by a key that the list `trust` names with the use `command`',
      claim: 'the command has the form, and a signature that holds',
    },
    26: {
      anchor: 'verbs',
      sentence: 'A gate reads `cmd/<verb>` below its root, QoS 1, not retained',
      claim: 'it is sent with QoS 1 and not retained',
    },
    27: {
      anchor: 'verbs',
      sentence:
        'a command with a response topic below `gates/v1/<site>/<gate>/rsp/` is answered there with its correlation data',
      claim: 'its response topic is below rsp/ of the gate, and it has correlation data',
    },
    28: { anchor: 'verbs', sentence: 'the scope is this gate.', claim: 'its scope is the one gate' },
    29: {
      anchor: 'commands',
      sentence: '60 s after notBefore at most',
      claim: 'it is good for 60 s at most',
    },
    30: {
      anchor: CLOSING,
      sentence: 'On `done` everything from `from` to `upTo` has been stored by the broker or is named.',
      claim: 'the replay closes the gap',
    },
    31: { anchor: CLOSING, sentence: ASKED_ONCE, claim: 'what was closed is not asked for again' },
    32: {
      anchor: 'reading-the-feed',
      sentence: 'What others ask for again comes too, with `historical`.',
      claim: 'what comes with historical=true is held like everything else',
    },
  },
  async play(kit) {
    const gate = await gapped(kit, 'gap', 4, 8);
    await kit.receives(gate, () => gate.requests.length > 0);
    const [first] = gate.requests;
    const words = said(gate.requests);
    const { epoch, root } = gate;
    kit.decide(24, isDeepStrictEqual(first?.wanted && { ...first.wanted }, { epoch, from: 4, to: 8 }), words);
    if (kit.settings.keys.length === 0) kit.skip(25, 'the key of the server is not known (--command-key)');
    else kit.decide(25, first !== undefined && first.refusal === undefined, words);
    kit.decide(26, first?.qos === 1 && !first.retain, words);
    kit.decide(
      27,
      first?.responseTopic?.startsWith(`${root}/rsp/`) === true && first.correlation !== undefined,
      words,
    );
    kit.decide(28, first?.site === gate.site && first.gate === gate.id, words);
    kit.decide(29, first !== undefined && first.lifeS > 0 && first.lifeS <= 60, words);
    await kit.believes(30, gate, isWhole(gate.last));
    await gate.send(gate.writeMany(3));
    await kit.settled(gate);
    await kit.believes(32, gate, isWhole(gate.last));
    kit.decide(31, gate.requests.length === 1, said(gate.requests));
  },
};

const several: Scene = {
  name: 'several gaps',
  claims: {
    33: {
      anchor: 'replay',
      sentence: '`already_running` (one that this key asked for is not over)',
      claim: 'no second replay is asked of a gate before the first was answered',
    },
    34: {
      anchor: CLOSING,
      sentence: 'Gaps that lie near each other may be one request.',
      claim: 'fifty gaps are closed with fifty requests at most',
    },
    35: {
      anchor: 'commands',
      sentence: 'each command of a key has a greater one than the command before',
      claim: 'each command has a greater counter than the one before',
    },
    36: {
      anchor: CLOSING,
      sentence: 'Go on from `upTo + 1` if that is not beyond `to`.',
      claim: 'a replay that ended early is gone on with',
    },
    37: {
      anchor: 'verbs',
      sentence:
        '`state/conn` names in `commands` the last counter of each key, so that a centre that lost its own can go on.',
      claim: 'the counter begins above the one that the gate names',
    },
  },
  async play(kit) {
    const gate = await kit.gate('holes');
    let open = 0;
    let most = 0;
    gate.onReplay = async (request) => {
      open += 1;
      most = Math.max(most, open);
      await pause(150);
      open -= 1;
      await gate.serve(request);
    };
    gate.useCounter(41_000);
    await gate.tell('init');
    const rows = [gate.begin(), ...gate.writeMany(100)];
    await gate.send(rows.filter(({ sequence }) => sequence % 2 === 1));
    await kit.believes(34, gate, isWhole(101));
    kit.decide(33, most <= 1 && gate.requests.length > 0, said(gate.requests));
    kit.decide(34, gate.requests.length <= 50, said(gate.requests));
    const counters = gate.requests.map(({ counter }) => counter);
    if (kit.settings.keys.length === 0) kit.skip(37, 'the key of the server is not known (--command-key)');
    else kit.decide(37, counters.length > 0 && counters.every((one) => one > 41_000), said(gate.requests));

    const early = await gapped(kit, 'early', 3, 12, async (request, own) => {
      const { wanted } = request;
      if (wanted === undefined) return;
      const upTo = Math.min(wanted.to, wanted.from + 3);
      await own.send(gateRows(own, wanted.from, upTo), true);
      await own.answer(request, {
        result: 'done',
        replay: { ...wanted, upTo, sent: upTo - wanted.from + 1, purged: [], altered: [] },
      });
    });
    await kit.believes(36, early, isWhole(early.last));
    const all = early.requests.map(({ counter }) => counter);
    const grows = [counters, all].every((list) =>
      list.every((one, at) => at === 0 || one > (list[at - 1] ?? 0)),
    );
    kit.decide(35, grows && all.length > 1, said([...gate.requests, ...early.requests]));
  },
};

const refused: Scene = {
  name: 'a replay that is refused, fails, or is not answered',
  claims: {
    38: {
      anchor: CLOSING,
      sentence: AGAIN,
      claim: 'after already_running it is asked again, with a new counter',
    },
    39: { anchor: CLOSING, sentence: AGAIN, claim: 'it is not asked again within half a second' },
    40: {
      anchor: CLOSING,
      sentence: '`unknown_epoch` and `nothing_there` mean that the range is *not to be had*',
      claim: 'after nothing_there the range is no gap any more',
    },
    41: { anchor: CLOSING, sentence: AGAIN, claim: 'after failed it is asked for what is still missing' },
    42: {
      anchor: CLOSING,
      sentence: 'or when `state/conn` has said `init` since: ask for what is still missing.',
      claim: 'after the gate was restarted it is asked again',
    },
    43: {
      anchor: 'verbs',
      sentence: 'is answered there with its correlation data',
      claim: 'an answer with other correlation data is not believed',
    },
    44: {
      anchor: 'replay',
      sentence: 'Until then `running` comes every ten seconds or so.',
      claim: 'running is no end: nothing is asked a second time',
    },
  },
  async play(kit) {
    const busy = await gapped(kit, 'busy', 3, 5, async (request, own) => {
      if (own.requests.length === 1)
        await own.answer(request, { result: 'refused', reason: 'already_running' });
      else await own.serve(request);
    });
    const nothing = await gapped(kit, 'nothing', 3, 5, (request, own) =>
      own.answer(request, { result: 'refused', reason: 'nothing_there' }),
    );
    const failing = await gapped(kit, 'failing', 3, 8, async (request, own) => {
      if (own.requests.length > 1 || request.wanted === undefined) return own.serve(request);
      await own.send(gateRows(own, 3, 5), true);
      const replay = { ...request.wanted, upTo: 5, sent: 3, purged: [], altered: [] };
      return own.answer(request, { result: 'failed', reason: 'broker_refused', replay });
    });
    const restarted = await gapped(kit, 'restarted', 3, 5, async (request, own) => {
      if (own.requests.length === 1) await own.tell('init');
      else await own.serve(request);
    });
    const forged = await gapped(kit, 'forged', 3, 5, async (request, own) => {
      const gone = { purged: [{ first: 3, last: 5 }], altered: [], ...request.wanted, upTo: 5, sent: 0 };
      await own.answer(request, { result: 'done', replay: gone }, Buffer.from('another'));
      await own.serve(request);
    });
    const slow = await gapped(kit, 'slow', 3, 5, async (request, own) => {
      for (let times = 0; times < 3; times += 1) {
        await own.answer(request, {
          result: 'running',
          replay: { ...request.wanted, upTo: 2, sent: 0, purged: [], altered: [] },
        });
        await pause(300);
      }
      await own.serve(request);
    });
    await kit.believes(38, busy, isWhole(busy.last));
    const [one, other] = busy.requests;
    kit.decide(
      38,
      one !== undefined && other !== undefined && other.counter > one.counter,
      said(busy.requests),
    );
    kit.decide(
      39,
      one !== undefined && other !== undefined && other.atMs - one.atMs > 500,
      said(busy.requests),
    );
    await kit.believes(40, nothing, ({ gaps, upTo }) => gaps.length === 0 && upTo === nothing.last);
    kit.decide(40, nothing.requests.length > 0, said(nothing.requests));
    await kit.believes(41, failing, isWhole(failing.last));
    await kit.believes(42, restarted, isWhole(restarted.last));
    await kit.believes(43, forged, (belief) => isWhole(forged.last)(belief) && belief.purged.length === 0);
    await kit.believes(44, slow, isWhole(slow.last));
    kit.decide(44, slow.requests.length === 1, said(slow.requests));
  },
};

const purged: Scene = {
  name: 'what cannot be had any more',
  claims: {
    45: {
      anchor: CLOSING,
      sentence: 'write the `purged` and `altered` ranges down as *not to be had*.',
      claim: 'what the answer names as purged is no gap, and is named so',
    },
    46: {
      anchor: 'what-a-server-is-asked',
      sentence: 'the last number up to which nothing is missing from `begin` on',
      claim: 'upTo goes over what was purged',
    },
    47: {
      anchor: 'replay',
      sentence: 'of a row that was [reduced](#reduced-rows) meanwhile what is left of it.',
      claim: 'reduced rows close a gap, without an alarm',
    },
    48: {
      anchor: CLOSING,
      sentence: 'unless `log.altered` or an answer has named it.',
      claim: 'what log.altered names is no gap',
    },
    49: {
      anchor: 'what-a-server-is-asked',
      sentence: '`log.altered` came, or an answer to `replay` names altered rows',
      claim: 'log.altered raises the alarm altered',
    },
    50: {
      anchor: 'what-a-server-is-asked',
      sentence: 'What is held in spite of that is not in them',
      claim: 'what came all the same is not among the purged',
    },
    51: { anchor: CLOSING, sentence: ASKED_ONCE, claim: 'what is not to be had is not asked for again' },
    52: {
      anchor: 'receipts',
      sentence: 'or I know that it cannot be had any more',
      claim: 'the receipt goes over what was purged',
    },
  },
  async play(kit) {
    const gate = await gapped(kit, 'purged', 3, 9, (request, own) =>
      own.serve(request, { purged: [{ first: 3, last: 6 }] }),
    );
    await kit.believes(
      45,
      gate,
      ({ gaps, purged: gone }) => gaps.length === 0 && isDeepStrictEqual(gone, [[3, 6]]),
    );
    await kit.believes(46, gate, ({ upTo, events }) => upTo === gate.last && events === gate.last - 4);
    await gate.send([gateRows(gate, 4, 4), gate.writeMany(2)].flat());
    await kit.believes(50, gate, ({ purged: gone }) =>
      isDeepStrictEqual(gone, [
        [3, 3],
        [5, 6],
      ]),
    );
    kit.decide(51, gate.requests.length === 1, said(gate.requests));
    const came = await kit.receives(gate, () => gate.receipts.some(({ upTo }) => upTo === gate.last));
    kit.decide(52, came, `its receipts were ${JSON.stringify(gate.receipts.map(({ upTo }) => upTo))}`);

    const altered = await kit.gate('altered');
    altered.onReplay = (request) => altered.serve(request, { altered: [{ first: 4, last: 5 }] });
    await altered.tell('init');
    const rows = [altered.begin(), ...altered.writeMany(7)];
    const named = altered.write('log.altered', {
      data: { first: 4, last: 5, problem: 'edited' },
      subject: altered.id,
    });
    await altered.send([
      ...rows.filter(({ sequence }) => sequence !== 4 && sequence !== 5),
      named,
      altered.write(),
    ]);
    await kit.believes(
      48,
      altered,
      ({ gaps, upTo, altered: range }) =>
        gaps.length === 0 && upTo === altered.last && isDeepStrictEqual(range, [[4, 5]]),
    );
    await kit.believes(49, altered, ({ alarms }) => alarms.includes('altered'));

    const reduced = await kit.gate('reduced');
    reduced.onReplay = async (request) => {
      const { wanted } = request;
      if (wanted === undefined) return;
      await reduced.send(gateRows(reduced, wanted.from, wanted.to).map(reducedRow), true);
      await reduced.answer(request, {
        result: 'done',
        replay: { ...wanted, upTo: wanted.to, sent: 3, purged: [], altered: [] },
      });
    };
    await reduced.tell('init');
    const whole = [reduced.begin(), ...reduced.writeMany(7)];
    await reduced.send(whole.filter(({ sequence }) => sequence < 3 || sequence > 5));
    await kit.believes(47, reduced, (belief) => isWhole(8)(belief) && belief.alarms.length === 0);
  },
};

export const GAP_SCENES: readonly Scene[] = [replay, several, refused, purged];
