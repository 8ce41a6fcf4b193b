import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reason } from '../../src/core/access/reasons.ts';
import type { TimerName } from '../../src/core/passage/passage.ts';
import { stepPassage } from '../../src/core/passage/step.ts';
import {
  code,
  decision,
  ELEVATED,
  guardOpen,
  IDLE,
  type Input,
  NORMAL,
  notMeasurable,
  person,
  SETTINGS,
  timer,
} from '../support/gate/passage-steps.ts';

describe('whatever happens', () => {
  const screening = fc.constantFrom(
    undefined,
    NORMAL,
    ELEVATED,
    notMeasurable('cold_skin'),
    notMeasurable('no_subject'),
    notMeasurable('unstable'),
  );
  const anyInput: fc.Arbitrary<Input> = fc.oneof(
    fc
      .record({ key: fc.constantFrom('a', 'b'), number: fc.nat(60_000), urgent: fc.boolean() })
      .map(({ key, number, urgent }) => code(key, `${key}${number}`, urgent)),
    fc
      .record({
        outcome: fc.constantFrom('deny', 'refer', 'measure', 'grant'),
        screening,
        reason: fc.constantFrom<Reason>(
          'gp:TemperatureHigh',
          'gp:TemperatureNotMeasured',
          'CredentialExpired',
        ),
      })
      .map(({ outcome, screening: known, reason }) =>
        decision(outcome, outcome === 'grant' || outcome === 'measure' ? [] : [reason], known),
      ),
    screening
      .filter((outcome) => outcome !== undefined)
      .map((outcome): Input => ({ type: 'screened', outcome })),
    fc.constantFrom<TimerName>('measure', 'pause', 'guard', 'refusal', 'passage').map(timer),
    fc.constantFrom<Input>({ type: 'door', movement: 'opened' }, { type: 'door', movement: 'closed' }),
    fc.constantFrom<Input>(
      guardOpen('g'),
      { type: 'guardRefuse', operator: 'li' },
      { type: 'guardMeasure', id: 'm' },
      { type: 'failed', reason: 'gp:LogUnavailable', passage: person('a1', 'a') },
      { type: 'press', passage: person('x', undefined), shut: true, resting: false },
      { type: 'press', passage: person('x', undefined), shut: false, resting: false },
      { type: 'press', passage: person('x', undefined), shut: false, resting: true },
    ),
  );

  it('never releases without a grant by decide() or the guard, and each grant is recorded just before', () => {
    fc.assert(
      fc.property(fc.array(anyInput, { maxLength: 60 }), fc.boolean(), (inputs, doorWatched) => {
        let state = IDLE;
        for (const input of inputs) {
          const step = stepPassage(state, input, { ...SETTINGS, doorWatched });
          const releases = step.commands.filter((command) => command.type === 'release');
          if (releases.length > 0) {
            expect(
              input.type === 'guardOpen' ||
                (input.type === 'press' && !input.shut) ||
                (input.type === 'decided' && input.outcome === 'grant'),
            ).toBe(true);
            const at = step.commands.findIndex((command) => command.type === 'release');
            expect(step.commands[at - 1]).toMatchObject({
              type: 'record',
              record: { name: 'access.granted' },
            });
          }
          state = step.state;
        }
      }),
    );
  });

  it('always has a timer running outside idle, once the decision was answered', () => {
    fc.assert(
      fc.property(fc.array(anyInput, { maxLength: 60 }), (inputs) => {
        let state = IDLE;
        let timers = new Set<string>();
        let asked = false;
        for (const input of inputs) {
          const step = stepPassage(state, input, SETTINGS);
          if (input.type === 'timer') timers.delete(input.name);
          for (const command of step.commands) {
            if (command.type === 'stopTimers') timers = new Set();
            if (command.type === 'startTimer') timers.add(command.name);
          }
          if (input.type === 'decided') asked = false;
          if (step.commands.some((command) => command.type === 'evaluate')) asked = true;
          state = step.state;
          const { phase } = state;
          // The decision is answered within the same turn; a timer that does not fit the phase never fired.
          if (phase !== 'idle' && !asked && phase !== 'measuring') expect(timers.size).toBeGreaterThan(0);
        }
      }),
    );
  });
});
