import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Scene } from '../kit.ts';
import { isWhole } from './feed.ts';
import { ASKED_ONCE, CLOSING, gapped, gateRows, said } from './gapped-gate.ts';
import { PURGED_ROWS } from './purged-rows.ts';
import { REPLAY_REFUSALS } from './replay-refusals.ts';

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

export const GAP_SCENES: readonly Scene[] = [replay, several, REPLAY_REFUSALS, PURGED_ROWS];
