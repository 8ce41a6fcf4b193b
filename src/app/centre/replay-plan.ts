import type { ReplayOrder, ReplayRefusal, Replays } from '../uplink/replays.ts';
import type { CommandEnd, VerbTable } from './command-plans.ts';

const WORDS: Readonly<Record<ReplayRefusal, string>> = {
  unknown_epoch: 'This log never had that epoch.',
  nothing_there: 'That epoch has no event with such a number here.',
  already_running: 'A replay that this key asked for is not over yet.',
  too_many: 'Too many replays wait for their turn. Ask again in some minutes.',
};

/** Plans `replay`: the answer to the command comes when the broker has stored the last event of it. */
export function replayPlans(replays: Replays): Pick<VerbTable, 'replay'> {
  return {
    replay: ({ epoch, from, to }, _giver, requester) => {
      const order: ReplayOrder = { epoch, from, to, requester };
      const refusal = replays.refusalOf(order);
      if (refusal !== undefined) return refused(refusal);
      return { events: [], afterwards: (tell) => carryOut(replays, { ...order, onProgress: tell }) };
    },
  };
}

async function carryOut(replays: Replays, order: ReplayOrder): Promise<CommandEnd> {
  const taken = replays.request(order);
  if ('refused' in taken) return refused(taken.refused);
  const { result, ...rest } = await taken.ended;
  const { reason, ...replay } = { reason: undefined, ...rest };
  if (reason === undefined) return { status: 'done', replay };
  const detail =
    reason === 'stopping'
      ? 'The gate is being stopped.'
      : `The broker refuses an event behind ${replay.upTo}.`;
  return { status: 'refused', cause: reason, detail, replay };
}

function refused(cause: ReplayRefusal): CommandEnd & { readonly status: 'refused' } {
  return { status: 'refused', cause, detail: WORDS[cause] };
}
