import { describe, expect, it } from 'vitest';
import { SameShowing, ScannedCodes } from '../../src/app/passage/scanned-codes.ts';
import { ScriptedStandstills } from '../support/clock/scripted-standstills.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { SilentLogger } from '../support/silent-logger.ts';

function makeIntake() {
  const logger = new SilentLogger();
  const standstills = new ScriptedStandstills();
  const intake = new ScannedCodes({ accessPoint: 'in', clock: new VirtualClock(), standstills, logger });
  return { logger, standstills, intake };
}

describe('ScannedCodes', () => {
  it('says once per cause that a line is full of noise', () => {
    const { intake, logger } = makeIntake();
    for (let i = 0; i < 1000; i++) {
      for (const cause of ['invalid_utf8', 'too_long'] as const) {
        const code = intake.take({
          type: 'rejected',
          cause,
          lengthBytes: i,
          beganMs: i,
          atMs: i,
        });
        expect(code).toMatchObject({ text: '', length: i, codeKey: `rejected:${cause}` });
      }
    }
    expect(logger.lines.map(({ fields }) => fields)).toEqual([
      { accessPoint: 'in', cause: 'invalid_utf8', bytes: 0 },
      { accessPoint: 'in', cause: 'too_long', bytes: 0 },
    ]);
  });

  it('tells codes apart without keeping their text, and knows when each was shown', () => {
    const { intake, logger } = makeIntake();
    const [one, again, other] = ['GP1:A', 'GP1:A', 'GP1:B'].map((text) =>
      intake.take({ type: 'code', text, beganMs: 5, atMs: 7 }),
    );
    expect(one?.codeKey).toBe(again?.codeKey);
    expect(one?.codeKey).not.toBe(other?.codeKey);
    expect(one?.codeKey).not.toContain('GP1');
    expect(one).toMatchObject({ text: 'GP1:A', length: 5, clock: { monotonicMs: 7 } });
    expect(logger.lines).toEqual([]);
  });

  it('counts from the moment at which a code may have come, when the program was kept from reading it', () => {
    const { intake, standstills } = makeIntake();
    standstills.holdUp(3_000);
    const code = { type: 'code', text: 'GP1:A', beganMs: 4_990, atMs: 5_000 } as const;
    expect(intake.take(code)).toMatchObject({ clock: { monotonicMs: 5_000 }, sinceMs: 2_000 });
    const noise = {
      type: 'rejected',
      cause: 'too_long',
      lengthBytes: 9,
      beganMs: 4_990,
      atMs: 5_000,
    } as const;
    expect(intake.take(noise)).toMatchObject({ sinceMs: 2_000 });
  });
});

describe('SameShowing', () => {
  const show = (showing: SameShowing, codeKey: string, monotonicMs: number) =>
    showing.isStill({ codeKey, clock: { ...new VirtualClock().read(), monotonicMs } });

  it('is one showing while a code stays in view, however long', () => {
    const showing = new SameShowing();
    expect(show(showing, 'a', 0)).toBe(false);
    for (let atMs = 2_000; atMs <= 40_000; atMs += 2_000) expect(show(showing, 'a', atMs)).toBe(true);
  });

  it('is another one after three seconds without the code, or with another code between', () => {
    const showing = new SameShowing();
    expect([show(showing, 'a', 0), show(showing, 'a', 3_000)]).toEqual([false, false]);
    expect([show(showing, 'b', 3_500), show(showing, 'a', 4_000)]).toEqual([false, false]);
  });
});
