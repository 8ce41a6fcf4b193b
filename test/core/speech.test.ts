import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attributesOf, REASONS } from '../../src/core/access/reasons.ts';
import { ASSIST_STATUSES, FEEDBACKS } from '../../src/core/access/vocabulary.ts';
import type { PromptView } from '../../src/ports/resident-prompt.ts';
import { SENTENCES, type Sentence, sentenceOf } from '../../src/screens/prompt/sentences.ts';
import {
  ask,
  begin,
  end,
  giveUp,
  loudness,
  SILENT,
  type SpeechPlan,
  type Told,
  tell,
} from '../../src/screens/prompt/speech-plan.ts';

const view = (change: Partial<PromptView>): PromptView => ({
  accessPoint: 'main-in',
  direction: 'in',
  feedback: 'Idle',
  simulated: false,
  ...change,
});
const say = (change: Partial<PromptView>): Sentence => sentenceOf(view(change), 'lost');

describe('what is spoken', () => {
  it('is there for every state, in every language', () => {
    for (const feedback of FEEDBACKS)
      for (const direction of ['in', 'out'] as const)
        for (const reason of [undefined, ...REASONS])
          expect(SENTENCES).toContain(
            say({ feedback, direction, ...(reason === undefined ? {} : { reason }) }),
          );
    for (const language of ['zh-CN', 'zh-TW', 'en'])
      expect(Object.keys(JSON.parse(readFileSync(`config/locales/${language}.json`, 'utf8')).speech)).toEqual(
        [...SENTENCES],
      );
  });

  it('uses each sentence of the locale files for some state', () => {
    const messages = [
      'FireAlarm',
      'Evacuation',
      'SiteLockdown',
      'HeldOpen',
      'OutOfOrder',
      'Identify',
    ] as const;
    const causes = ['one_at_a_time', 'too_far', 'too_close', 'unstable', 'out_of_skin_range'] as const;
    const used = [
      ...FEEDBACKS.flatMap((feedback) => [say({ feedback }), say({ feedback, direction: 'out' })]),
      ...REASONS.map((reason) => say({ feedback: 'AccessDenied', reason })),
      ...messages.flatMap((message) =>
        (['in', 'out'] as const).map((direction) => say({ feedback: 'TextMessage', message, direction })),
      ),
      ...causes.map((cause) => say({ feedback: 'Measure', cause })),
      say({ feedback: 'TextMessage', message: 'SelfService', selfService: { step: 'code', seconds: 9 } }),
      say({
        feedback: 'TextMessage',
        message: 'SelfService',
        selfService: { step: 'refused', why: 'card', seconds: 9 },
      }),
      say({ feedback: 'GuardCalled', guardAway: true }),
      sentenceOf(undefined, 'lost'),
      ...ASSIST_STATUSES.map((status) => say({ assist: { status, sinceSeconds: 1 } })),
    ];
    expect([...new Set(used)].sort()).toEqual([...SENTENCES].sort());
  });

  it('is one sentence for all that is nobody else’s business', () => {
    const private_ = REASONS.filter((reason) =>
      ['office', 'guard', 'wait'].includes(attributesOf(reason).remedy),
    );
    const spoken = Object.fromEntries(
      private_.map((reason) => [reason, say({ feedback: 'AccessDenied', reason })]),
    );
    for (const reason of [
      ...(['gp:QuarantineOrder', 'gp:HealthStatusRestricted', 'gp:TemperatureHigh', 'gp:Revoked'] as const),
      ...([
        'CredentialExpired',
        'gp:SignatureInvalid',
        'gp:QuotaExceeded',
        'gp:VisitorNotRegistered',
      ] as const),
      ...([
        'gp:GuardDenied',
        'gp:MaxUses',
        'gp:HostNotConfirmed',
        'NotPermittedAtThisTime',
        'Other',
      ] as const),
    ])
      expect([reason, spoken[reason]]).toEqual([reason, 'refused']);
    // The others are the gate's own faults, or what anybody sees.
    const rest = Object.values(spoken).filter((sentence) => sentence !== 'refused');
    expect(new Set(rest)).toEqual(new Set(['full', 'gate-trouble', 'scan-again', 'one-at-a-time']));
  });

  it('tells nobody that somebody is measured a second time, or why somebody waits', () => {
    expect(say({ feedback: 'Measure', cause: 'repeat' })).toBe(say({ feedback: 'Measure' }));
    expect(say({ feedback: 'Wait', cause: 'cold_skin', waitSeconds: 300 })).toBe(say({ feedback: 'Wait' }));
    expect(say({ feedback: 'GuardCalled', reason: 'gp:TemperatureHigh' })).toBe(
      say({ feedback: 'GuardCalled' }),
    );
  });
});

const SETTINGS = { volume: 0.8, repeatMs: 8000, night: { hours: '22:00-06:00', volume: 0.3 } };
const told = (sentence: Sentence, change: Partial<Told> = {}): Told => ({
  sentence,
  language: 'en',
  ...change,
});

/** Speaks by the plan on a clock of its own; every sentence lasts two seconds. */
class Listener {
  nowMs = 0;
  plan: SpeechPlan = SILENT;
  readonly heard: [atMs: number, sentence: Sentence, language: string][] = [];
  #endsMs = Number.POSITIVE_INFINITY;

  tell(one: Told): this {
    return this.#set(tell(this.plan, one, this.nowMs));
  }
  touch(): this {
    return this.#set(ask(this.plan, this.nowMs));
  }
  wait(ms: number): this {
    const untilMs = this.nowMs + ms;
    for (;;) {
      const dueMs = Math.min(
        this.#endsMs,
        this.plan.saying === undefined ? (this.plan.nextMs ?? Infinity) : Infinity,
      );
      if (dueMs > untilMs) break;
      this.nowMs = Math.max(this.nowMs, dueMs);
      this.#set(
        this.nowMs >= this.#endsMs ? end(this.plan, this.nowMs, SETTINGS) : begin(this.plan, this.nowMs),
      );
    }
    this.nowMs = untilMs;
    return this;
  }
  get sentences(): Sentence[] {
    return this.heard.map(([, sentence]) => sentence);
  }
  #set(plan: SpeechPlan): this {
    const { saying } = plan;
    if (saying !== this.plan.saying) {
      this.#endsMs = saying === undefined ? Infinity : this.nowMs + 2000;
      if (saying !== undefined) this.heard.push([this.nowMs, saying.sentence, saying.language]);
    }
    this.plan = plan;
    return this;
  }
}

const atIdle = (): Listener => new Listener().tell(told('scan')).wait(1000);

describe('when it is spoken', () => {
  it('is silent when the screen is switched on, but for an alarm', () => {
    expect(new Listener().tell(told('scan')).wait(60_000).heard).toEqual([]);
    expect(new Listener().tell(told('fire-in')).wait(1000).sentences).toEqual(['fire-in']);
  });

  it('waits for the end of the tone', () => {
    expect(
      atIdle()
        .tell(told('go-in', { toneMs: 470 }))
        .wait(5000).heard,
    ).toEqual([[1470, 'go-in', 'en']]);
  });

  it('cuts a sentence about a state that is over', () => {
    const heard = atIdle().tell(told('measure')).wait(500).tell(told('go-in')).wait(60_000).heard;
    expect(heard).toEqual([
      [1000, 'measure', 'en'],
      [1500, 'go-in', 'en'],
    ]);
  });

  it('repeats what it asks for after a pause, a few times', () => {
    expect(
      atIdle()
        .tell(told('scan-now'))
        .wait(600_000)
        .heard.map(([atMs]) => atMs),
    ).toEqual([1000, 11_000, 21_000]);
  });

  it('repeats an alarm without end, and says a refusal twice', () => {
    expect(atIdle().tell(told('evacuation-out')).wait(39_000).heard.length).toBe(10);
    expect(atIdle().tell(told('refused')).wait(600_000).heard.length).toBe(2);
  });

  it('says the same answer again to the next person, and not over itself', () => {
    const next = told('refused', { isAnew: true });
    expect(
      atIdle()
        .tell(next)
        .wait(500)
        .tell({ ...next })
        .wait(2000)
        .tell({ ...next })
        .wait(1000).heard,
    ).toEqual([
      [1000, 'refused', 'en'],
      [3500, 'refused', 'en'],
    ]);
  });

  it('ends a hint before the next, with a pause, however often the distance changes', () => {
    const listener = atIdle().tell(told('measure')).wait(2500);
    for (let i = 0; i < 60; i++) listener.tell(told(i % 2 === 0 ? 'closer' : 'further')).wait(100);
    const times = listener.heard.filter(([, sentence]) => sentence !== 'measure').map(([atMs]) => atMs);
    expect(times.length).toBeGreaterThan(1);
    for (const [i, atMs] of times.entries())
      if (i > 0) expect(atMs - (times[i - 1] ?? 0)).toBeGreaterThanOrEqual(3000);
  });

  it('has no more words for whoever has found the right place', () => {
    const listener = atIdle()
      .tell(told('measure'))
      .wait(2500)
      .tell(told('closer'))
      .wait(500)
      .tell(told('measure'))
      .wait(4000);
    expect(listener.sentences).toEqual(['measure', 'closer']);
  });

  it('says it again when somebody touches the screen, in the language just chosen', () => {
    const listener = atIdle()
      .touch()
      .tell(told('scan', { language: 'zh-TW' }))
      .wait(60_000);
    expect(listener.heard).toEqual([[1000, 'scan', 'zh-TW']]);
    // The choice is over: nobody is there.
    expect(listener.tell(told('scan')).wait(60_000).heard.length).toBe(1);
  });

  it('changes the language of what it is saying', () => {
    expect(
      atIdle()
        .tell(told('wait'))
        .wait(500)
        .tell(told('wait', { language: 'zh-CN' }))
        .wait(9000).heard,
    ).toEqual([
      [1000, 'wait', 'en'],
      [1500, 'wait', 'zh-CN'],
    ]);
  });

  it('leaves out what the browser does not play, and goes on with the next', () => {
    const listener = atIdle().tell(told('scan-now')).wait(100);
    listener.plan = giveUp(listener.plan);
    expect(listener.plan).not.toHaveProperty('saying');
    expect(begin(listener.plan, 1e9)).toBe(listener.plan);
  });

  it('never speaks of a state that is over, whatever happens', () => {
    const HINTS = ['closer', 'further', 'hold-still', 'uncover', 'measure'];
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...SENTENCES), fc.integer({ min: 0, max: 9000 }), fc.boolean()), {
          maxLength: 30,
        }),
        (steps) => {
          const listener = new Listener();
          for (const [sentence, ms, touches] of steps) {
            listener.tell(told(sentence));
            const { saying } = listener.plan;
            if (saying !== undefined && !HINTS.includes(saying.sentence))
              expect(saying.sentence).toBe(sentence);
            if (touches) listener.touch();
            listener.wait(ms);
          }
          const before = listener.heard.length;
          listener.wait(3_600_000);
          const isAlarm = /^(fire|evacuation)/.test(listener.plan.told?.sentence ?? '');
          if (!isAlarm) expect(listener.heard.length - before).toBeLessThanOrEqual(3);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('how loud it is', () => {
  it.each([
    [12 * 60, 0.8],
    [21 * 60 + 59, 0.8],
    [22 * 60, 0.3],
    [0, 0.3],
    [5 * 60 + 59, 0.3],
    [6 * 60, 0.8],
  ])('in minute %d of the day: %d', (minute, volume) => {
    expect(loudness('go-in', minute, SETTINGS)).toBe(volume);
    expect(loudness('go-in', minute, SETTINGS, { isNeeded: true })).toBe(0.8);
    expect(loudness('fire-out', minute, SETTINGS)).toBe(1);
  });

  it('knows hours within a day, and none', () => {
    const noon = { ...SETTINGS, night: { hours: '12:00-14:00', volume: 0.1 } };
    expect([719, 720, 839, 840].map((minute) => loudness('scan', minute, noon))).toEqual([
      0.8, 0.1, 0.1, 0.8,
    ]);
    expect(loudness('scan', 0, { volume: 0.5, repeatMs: 1 })).toBe(0.5);
    const always = { ...SETTINGS, night: { hours: '00:00-00:00', volume: 0.1 } };
    expect([0, 720, 1439].map((minute) => loudness('scan', minute, always))).toEqual([0.1, 0.1, 0.1]);
  });
});
