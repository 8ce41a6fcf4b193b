import { expect, it } from 'vitest';
import { DecisionBoard } from '../../src/app/board/decision-board.ts';
import { AccessPointScreens } from '../../src/app/passage/access-point-screens.ts';
import { PresentState } from '../../src/app/state/present-state.ts';
import { toldAs } from '../../src/core/access/advice.ts';
import { REASONS, type Reason } from '../../src/core/access/reasons.ts';
import type { PassageShow } from '../../src/core/passage/passage.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { NOW_S } from '../support/gate/pass-samples.ts';

const FEEDBACKS = ['AccessDenied', 'RetryIdentifier', 'GuardCalled', 'Wait', 'Fault'] as const;
const CAUSES = ['cold_skin', 'no_subject', 'one_at_a_time', 'repeat', 'unstable', undefined] as const;

const state = new PresentState();
const screens = new AccessPointScreens({
  accessPoint: { id: 'main-in', door: 'main', direction: 'in' },
  ...{ simulated: false, recordsDegrees: false, state },
  clock: new VirtualClock(NOW_S * 1000),
  board: new DecisionBoard(state),
  holders: { find: () => undefined },
});

/** What the resident's screen is sent, and what the guard's. */
function sent(feedback: PassageShow['feedback'], reasons: readonly Reason[], cause: PassageShow['cause']) {
  screens.show({ feedback, reasons, ...(cause === undefined ? {} : { cause }) }, undefined);
  return { prompt: state.prompts.values[0], guard: state.passages.values[0] };
}

it.each(REASONS)(
  '%s is sent to the resident’s screen as what is told, and to the guard as it is',
  (reason) => {
    const told = toldAs(reason);
    for (const feedback of FEEDBACKS)
      for (const cause of CAUSES) {
        const { prompt, guard } = sent(feedback, [reason, 'gp:QuarantineOrder'], cause);
        expect(prompt).toEqual(sent(feedback, [told], cause).prompt);
        if (told !== reason) expect(JSON.stringify(prompt)).not.toContain(reason);
        expect(prompt?.reason).toBe(told);
        expect(guard).toMatchObject({ reasons: [reason, 'gp:QuarantineOrder'], ...(cause && { cause }) });
        // Why nobody was measured tells that from a measurement above the threshold.
        const isPlain = cause === undefined || cause === 'no_subject' || cause === 'one_at_a_time';
        if (!isPlain && feedback !== 'Wait' && feedback !== 'Fault')
          expect(prompt).not.toHaveProperty('cause');
      }
  },
);
