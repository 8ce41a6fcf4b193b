import { setTimeout as pause } from 'node:timers/promises';
import type { Scene } from '../kit.ts';
import { isWhole } from './feed.ts';
import { CLOSING, gapped, gateRows, said } from './gapped-gate.ts';

const AGAIN = 'After any other, and after `failed`, ask again some seconds later with a new counter.';

export const REPLAY_REFUSALS: Scene = {
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
