import { isDeepStrictEqual } from 'node:util';
import { reduceBody } from '../../core/events/stored-row.ts';
import type { SentRow } from '../hostile-log.ts';
import type { Scene } from '../kit.ts';
import { isWhole } from './feed.ts';
import { ASKED_ONCE, CLOSING, gapped, gateRows, said } from './gapped-gate.ts';

function reducedRow(row: SentRow): SentRow {
  return { ...row, body: Buffer.from(reduceBody(row.body, 'access')) };
}

export const PURGED_ROWS: Scene = {
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
