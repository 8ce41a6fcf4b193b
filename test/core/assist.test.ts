import { describe, expect, it } from 'vitest';
import { type AssistAnswer, TALK_ENDS, TALK_TROUBLES } from '../../src/core/access/vocabulary.ts';
import {
  type AssistInput,
  type AssistRecord,
  type AssistState,
  assistDueMs,
  COMING_AGAIN_MS,
  COMING_MS,
  CONNECT_MS,
  isRinging,
  mayAnswer,
  REFUSED_MS,
  RING_MS,
  stepAssist,
  TALK_MS,
} from '../../src/core/assist/assist.ts';
import { seededRandom } from '../support/seeded-random.ts';

const ANSWER_MS = 30_000;

/** One access point on a clock of its own: timers that are due come before what happens later. */
class Place {
  state: AssistState = { phase: 'idle' };
  readonly records: AssistRecord[] = [];
  nowMs = 0;
  #calls = 0;

  after(ms: number): this {
    const untilMs = this.nowMs + ms;
    for (let dueMs = this.dueMs; dueMs !== undefined && dueMs <= untilMs; dueMs = this.dueMs) {
      this.nowMs = Math.max(this.nowMs, dueMs);
      this.take({ type: 'time' });
    }
    this.nowMs = untilMs;
    return this;
  }

  take(input: AssistInput): this {
    const { state, records } = stepAssist(this.state, input, this.nowMs, ANSWER_MS);
    this.state = state;
    this.records.push(...records);
    return this;
  }

  press(passage?: string, atGate = true): this {
    this.#calls += 1;
    const call = { id: `call-${this.#calls}`, by: 'screen', sinceMs: this.nowMs } as const;
    const pressed = atGate ? { ...call, atGateMs: this.nowMs } : call;
    return this.take({ type: 'press', call: passage === undefined ? pressed : { ...pressed, passage } });
  }

  answer(answer: AssistAnswer, operator = 'chen'): this {
    return this.take({ type: 'answer', answer, operator });
  }

  get dueMs(): number | undefined {
    return assistDueMs(this.state, ANSWER_MS);
  }

  get told(): string[] {
    return this.records.map((record) =>
      [
        record.name.slice('assist.'.length),
        record.call.id,
        'answer' in record ? `${record.answer} ${record.operator}` : 'cause' in record ? record.cause : '',
        'ended' in record ? `${record.ended} ${record.seconds}` : '',
      ]
        .join(' ')
        .trim(),
    );
  }
}

describe('a call of the guard', () => {
  it('rings until the first guard answers; the second changes nothing', () => {
    const place = new Place().press();
    expect(isRinging(place.state)).toBe(true);
    place.after(5_000).answer('coming').answer('refused', 'lin');
    expect(place.state).toMatchObject({ phase: 'coming', operator: 'chen' });
    expect(place.told).toEqual(['requested call-1', 'answered call-1 coming chen']);
  });

  it('is one call however often somebody presses, and rings on behind its time for an answer', () => {
    const place = new Place().press();
    for (let press = 0; press < 1_000; press += 1) place.after(20).press();
    expect(place.told).toEqual(['requested call-1']);
    place.after(ANSWER_MS);
    expect(place.state.phase).toBe('unanswered');
    expect(isRinging(place.state)).toBe(true);
    place.press().after(60_000).answer('coming');
    expect(place.told).toEqual(['requested call-1', 'unanswered call-1 time', 'answered call-1 coming chen']);
  });

  it('ends so long after the last press, and after what was answered', () => {
    const rung = new Place().press().after(RING_MS - 1);
    expect(rung.press().after(RING_MS - 1).state.phase).toBe('unanswered');
    expect(rung.after(1).state.phase).toBe('idle');
    expect(rung.told).toEqual(['requested call-1', 'unanswered call-1 time']);
    const coming = new Place().press().answer('coming');
    expect(coming.after(COMING_MS - 1).state.phase).toBe('coming');
    expect(coming.after(1).state.phase).toBe('idle');
    const refused = new Place().press().answer('refused');
    expect(refused.after(REFUSED_MS).state.phase).toBe('idle');
  });

  it('begins anew when nobody has come, and after a refusal was read', () => {
    const place = new Place()
      .press()
      .answer('coming')
      .after(COMING_AGAIN_MS - 1)
      .press();
    expect(place.state.phase).toBe('coming');
    expect(place.after(1).press().state.phase).toBe('ringing');
    place.answer('refused').press();
    expect(place.state.phase).toBe('refused');
    place.after(REFUSED_MS).press();
    expect(place.told.filter((row) => row.startsWith('requested'))).toHaveLength(3);
  });

  it('says that the person left only where nobody had answered yet', () => {
    expect(new Place().press().after(3_000).take({ type: 'left' }).told).toEqual([
      'requested call-1',
      'unanswered call-1 left',
    ]);
    expect(new Place().press().after(ANSWER_MS).take({ type: 'left' }).told).toEqual([
      'requested call-1',
      'unanswered call-1 time',
    ]);
    expect(new Place().take({ type: 'left' }).told).toEqual([]);
  });

  it('is answered by a guard who opens, and over with that', () => {
    const place = new Place().press().answer('opened');
    expect(place.told).toEqual(['requested call-1', 'answered call-1 opened chen']);
    expect(place.state.phase).toBe('idle');
    expect(new Place().press().answer('coming').answer('opened').state.phase).toBe('idle');
    expect(new Place().answer('opened').told).toEqual([]);
  });

  it('goes on after a restart where it was', () => {
    const call = { id: 'before', by: 'button', sinceMs: -20_000 } as const;
    const ringing = new Place().take({ type: 'found', call, told: false });
    expect(ringing.told).toEqual([]);
    expect(ringing.after(10_000).told).toEqual(['unanswered before time']);
    const told = new Place().take({ type: 'found', call, told: true });
    expect(told.after(10_000).told).toEqual([]);
    expect(told.state.phase).toBe('unanswered');
    const old = new Place().take({ type: 'found', call: { ...call, sinceMs: -RING_MS }, told: false });
    expect(old.take({ type: 'time' }).state.phase).toBe('idle');
  });

  it('can be answered by voice, and once more by the guard who talks', () => {
    const place = new Place().press().after(3_000).answer('talking');
    expect([place.state.phase, isRinging(place.state)]).toEqual(['talking', false]);
    place.after(1_000).take({ type: 'voice' }).take({ type: 'voice' }).after(60_000);
    expect(place.press().answer('coming', 'lin').answer('talking').answer('opened').state.phase).toBe(
      'talking',
    );
    expect(place.answer('coming').state).toMatchObject({ phase: 'coming', operator: 'chen' });
    expect(place.told).toEqual([
      'requested call-1',
      'answered call-1 talking chen',
      'talked call-1  answered 60',
      'answered call-1 coming chen',
    ]);
  });

  it('is over with a hang-up, and rings again when a talk breaks off', () => {
    for (const ended of TALK_ENDS) {
      const place = new Place().press().answer('talking').take({ type: 'voice' }).after(5_000);
      place.take({ type: 'over', ended });
      expect(isRinging(place.state)).toBe(TALK_TROUBLES.some((one) => one === ended));
      expect(place.told.at(-1)).toBe(`talked call-1  ${ended} 5`);
      expect(place.take({ type: 'over', ended }).told).toHaveLength(3);
    }
    const again = new Place()
      .press()
      .after(ANSWER_MS)
      .answer('talking')
      .take({ type: 'over', ended: 'guard_left' });
    expect(again.state).toMatchObject({ phase: 'unanswered', trouble: 'guard_left' });
    expect(
      again
        .after(ANSWER_MS)
        .answer('talking', 'lin')
        .told.filter((row) => row.startsWith('unans')),
    ).toHaveLength(1);
    const soon = new Place().press().answer('talking').take({ type: 'over', ended: 'no_path' });
    expect(soon.after(ANSWER_MS - 1).state.phase).toBe('ringing');
    expect(soon.after(1).state.phase).toBe('unanswered');
  });

  it('closes a talk whose voice does not come, that is forgotten, or whose caller went through', () => {
    const mute = new Place().press().answer('talking').after(CONNECT_MS);
    expect(mute.state).toMatchObject({ phase: 'ringing', trouble: 'no_path' });
    const long = new Place().press().answer('talking').take({ type: 'voice' });
    expect(long.after(TALK_MS - 1).state.phase).toBe('talking');
    expect(long.after(1).state.phase).toBe('idle');
    const gone = new Place().press().answer('talking').take({ type: 'left' });
    expect([gone.state.phase, gone.told.at(-1)]).toEqual(['idle', 'talked call-1  caller 0']);
  });

  it('is answered by voice only after a press at the gate itself', () => {
    const elsewhere = new Place().press(undefined, false);
    expect(elsewhere.answer('talking').state.phase).toBe('ringing');
    expect(mayAnswer(elsewhere.state, 'chen', 'talking', elsewhere.nowMs)).toBe(false);
    expect(elsewhere.press().answer('talking').state.phase).toBe('talking');
    const found = { id: 'before', by: 'screen', sinceMs: 0 } as const;
    expect(new Place().take({ type: 'found', call: found, told: false }).answer('talking').state.phase).toBe(
      'ringing',
    );
    for (const place of [
      new Place(),
      new Place().press().answer('coming'),
      new Place().press().answer('refused'),
    ])
      expect(place.answer('talking').state.phase).not.toBe('talking');
  });

  it('opens no microphone long after a press at the gate, whatever rings or presses elsewhere since', () => {
    const brokenOff = new Place().press().answer('talking').take({ type: 'voice' });
    brokenOff.after(RING_MS - 1).take({ type: 'over', ended: 'guard_left' });
    expect(mayAnswer(brokenOff.state, 'chen', 'talking', brokenOff.nowMs)).toBe(true);
    expect(brokenOff.after(1).answer('talking').state.phase).toBe('ringing');
    expect(brokenOff.answer('coming').state.phase).toBe('coming');

    const renewed = new Place()
      .press()
      .after(RING_MS / 2)
      .press(undefined, false);
    expect(mayAnswer(renewed.state, 'chen', 'talking', renewed.nowMs)).toBe(true);
    expect(renewed.after(RING_MS / 2).answer('talking').state.phase).toBe('unanswered');
    expect(renewed.press().answer('talking').state.phase).toBe('talking');
  });

  it('has at most one answer and one end of its time, in any order of what happens', () => {
    const random = seededRandom(12);
    for (let story = 0; story < 60; story += 1) {
      const place = new Place();
      for (let turn = 0; turn < 40; turn += 1) {
        place.after(Math.floor(random() * 90_000));
        const choice = Math.floor(random() * 5);
        if (choice < 2) place.press();
        else if (choice === 2) place.answer((['coming', 'refused', 'opened'] as const)[turn % 3] ?? 'coming');
        else if (choice === 3) place.take({ type: 'left' });
        else place.take({ type: 'time' });
        if (place.state.phase !== 'idle') expect(place.dueMs).toBeGreaterThan(place.nowMs);
      }
      const rows = place.records.map(({ name, call }) => `${name} ${call.id}`);
      expect(new Set(rows).size).toBe(rows.length);
      const asked = rows.filter((row) => row.startsWith('assist.requested ')).map((row) => row.split(' ')[1]);
      for (const { call } of place.records) expect(asked).toContain(call.id);
      place.after(RING_MS + COMING_MS);
      expect(place.state.phase).toBe('idle');
    }
  });
});
