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
import { keyOf, promptStates } from '../support/screens/prompt-states.ts';
import { promptView } from '../support/screens/screen-samples.ts';

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
      .record({
        key: fc.constantFrom('a', 'b'),
        number: fc.nat(60_000),
        urgent: fc.boolean(),
        turn: fc.option(fc.record({ measures: fc.boolean() }), { nil: undefined }),
      })
      .map(
        ({ key, number, urgent, turn }): Input => ({
          ...code(key, `${key}${number}`, urgent),
          ...(turn === undefined ? {} : { turn }),
        }),
      ),
    fc.constantFrom('a', 'b').map((codeKey): Input => ({ type: 'stillShown', codeKey })),
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
    fc.constantFrom<TimerName>('measure', 'pause', 'guard', 'refusal', 'passage', 'next').map(timer),
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

  it('never releases for longer than a minute, nor for shorter than usual; a lock that waits ends with its person', () => {
    const times = fc.record({
      releaseMs: fc.integer({ min: 200, max: 60_000 }),
      passageMs: fc.integer({ min: 1_000, max: 120_000 }),
    });
    const how = fc.record({ pace: fc.double({ min: 1, max: 5, noNaN: true }), keepsOpen: fc.boolean() });
    fc.assert(
      fc.property(
        fc.array(anyInput, { maxLength: 60 }),
        times,
        how,
        fc.boolean(),
        (inputs, ms, way, doorWatched) => {
          let state = IDLE;
          for (const given of inputs) {
            const input = given.type === 'code' ? { ...given, passage: { ...given.passage, ...way } } : given;
            const before = state;
            const step = stepPassage(state, input, { ...SETTINGS, ...ms, doorWatched });
            for (const [at, command] of step.commands.entries()) {
              if (command.type === 'release') {
                const { pace, keepsOpen } = command.passage;
                const waits = keepsOpen ? Math.max(ms.releaseMs, ms.passageMs) : ms.releaseMs;
                expect(command.ms).toBe(Math.max(ms.releaseMs, Math.min(60_000, waits * pace)));
                expect(command.ms).toBeLessThanOrEqual(60_000);
              }
              if (command.type === 'relock') {
                expect(before).toMatchObject({
                  phase: 'released',
                  outcome: 'taken',
                  passage: { keepsOpen: true },
                });
                // Whoever is next is let through after it.
                expect(step.commands.slice(0, at).map(({ type }) => type)).not.toContain('release');
              }
            }
            const hasPassed =
              before.phase === 'released' && before.outcome === 'taken' && before.passage.keepsOpen;
            if (hasPassed && input.type === 'door' && input.movement === 'closed')
              expect(step.commands).toContainEqual({ type: 'relock' });
            state = step.state;
          }
        },
      ),
    );
  });

  it('shows only what has a story on the screen of the resident', () => {
    const site = { assist: { button: true } };
    const known = new Set(promptStates(site).map((view) => keyOf(view, site)));
    const shown = new Set<string>();
    fc.assert(
      fc.property(fc.array(anyInput, { maxLength: 60 }), (inputs) => {
        let state = IDLE;
        for (const input of inputs) {
          // Nothing refers an expired pass to the guard.
          if (input.type === 'decided' && input.outcome === 'refer' && input.reason === 'CredentialExpired')
            continue;
          const step = stepPassage(state, input, SETTINGS);
          state = step.state;
          for (const command of step.commands) {
            if (command.type !== 'show') continue;
            const { feedback, reasons, cause, waitMs } = command.view;
            const view = promptView({
              ...{ feedback, simulated: true, recordsDegrees: true },
              ...(reasons[0] === undefined ? {} : { reason: reasons[0] }),
              ...(cause === undefined ? {} : { cause }),
              ...(waitMs === undefined ? {} : { waitSeconds: waitMs / 1000 }),
            });
            const key = keyOf(view, site);
            shown.add(cause ?? feedback);
            if (!known.has(key)) throw new Error(`no story for ${JSON.stringify(view)}`);
          }
        }
      }),
      {
        examples: [
          [[code('a'), decision('grant'), { ...code('b'), turn: { measures: false } }, timer('next')]],
          [[code('a'), decision('grant'), { ...code('b'), turn: { measures: true } }, timer('passage')]],
        ],
      },
    );
    expect(shown).toContain('next');
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
