import { describe, expect, it } from 'vitest';
import {
  NO_TALK,
  stepTalk,
  type TalkInput,
  type TalkState,
  type TalkStep,
  talkStatus,
} from '../../src/core/assist/talk.ts';
import { isTalkSdp, LONGEST_SDP } from '../../src/core/assist/talk-sdp.ts';
import { talkSdp } from '../support/gate/talk-sdp.ts';
import { seededRandom } from '../support/seeded-random.ts';

const OFFER = { type: 'offer', talk: 'talk-1', sdp: 'offer' } as const;
const ANSWER = { type: 'answer', talk: 'talk-1', sdp: 'answer' } as const;
const VOICE = { type: 'voice', talk: 'talk-1' } as const;
const HANG_UP = { type: 'hang-up', talk: 'talk-1' } as const;

const resident = (said: Extract<TalkInput, { from: 'resident' }>['said'], screen = 'kiosk'): TalkInput => ({
  from: 'resident',
  screen,
  said,
});
const guard = (
  said: Extract<TalkInput, { from: 'guard' }>['said'],
  screen = 'desk',
  operator = 'chen',
): TalkInput => ({ from: 'guard', screen, operator, said });
const HERE = resident({ type: 'here', microphone: true });
const JOIN = guard({ type: 'join' });
const TALKING: TalkInput = { from: 'call', talk: 'talk-1', operator: 'chen' };

/** Plays a story, and collects what came of it. */
function play(...inputs: readonly TalkInput[]) {
  let state: TalkState = NO_TALK;
  const told: TalkStep['tell'][number][] = [];
  const calls: NonNullable<TalkStep['call']>[] = [];
  for (const input of inputs) {
    const step = stepTalk(state, input, 'main-in');
    state = step.state;
    told.push(...step.tell);
    if (step.call !== undefined) calls.push(step.call);
  }
  return { state, told, calls };
}

describe('a talk', () => {
  it('passes one description each way between the page that was answered and the page of the guard', () => {
    const { told, calls, state } = play(HERE, TALKING, JOIN, resident(OFFER), guard(ANSWER), resident(VOICE));
    expect(told).toEqual([
      { screen: 'kiosk', told: { talk: 'talk-1', begin: true } },
      { screen: 'desk', told: { talk: 'talk-1', offer: 'offer', accessPoint: 'main-in' } },
      { screen: 'kiosk', told: { talk: 'talk-1', answer: 'answer' } },
    ]);
    expect(calls).toEqual([{ type: 'voice' }]);
    expect(talkStatus(state, true)).toBe('open');
    expect(JSON.stringify(state)).not.toMatch(/"(offer|answer)"/);
  });

  /** What nobody may say: the microphone stays closed, nobody is told anything, and the call does not change. */
  const DEAF: Record<string, readonly TalkInput[]> = {
    'a guard who joins without a call': [HERE, JOIN],
    'a guard who joins while it only rings': [HERE, JOIN, guard(ANSWER)],
    'another guard than the one who has answered': [HERE, TALKING, guard({ type: 'join' }, 'desk', 'lin')],
    'a guard who offers, so that the kiosk should answer': [HERE, TALKING, guard(OFFER)],
    'a guard who says what residents say': [HERE, TALKING, guard({ type: 'here', microphone: true })],
    'a resident who joins': [HERE, TALKING, resident({ type: 'join' })],
    'an offer before anybody was asked for one': [HERE, TALKING, resident(OFFER)],
    'a word about a talk that is over': [
      HERE,
      TALKING,
      { from: 'call', over: 'guard' },
      JOIN,
      resident(OFFER),
    ],
  };
  it.each(Object.entries(DEAF))('opens nothing for %s', (_, inputs) => {
    expect(play(...inputs)).toMatchObject({ told: [], calls: [] });
  });

  const BEGUN = [HERE, TALKING, JOIN] as const;
  const IGNORED: Record<string, readonly TalkInput[]> = {
    'of another page of the kiosk': [resident(OFFER, 'second')],
    'of another page of the same guard': [resident(OFFER), guard(ANSWER, 'tablet')],
    'of another talk': [resident({ ...OFFER, talk: 'talk-0' })],
    twice: [resident(OFFER), resident(OFFER)],
    'an answer before the offer': [guard(ANSWER)],
    'an answer of the page that offered': [resident(OFFER), resident(ANSWER)],
    'a voice before the answer': [resident(OFFER), guard(VOICE)],
    'a hang-up from elsewhere': [guard(HANG_UP, 'tablet', 'lin')],
    'a second join': [guard({ type: 'join' }, 'tablet')],
  };
  it.each(Object.entries(IGNORED))('passes over what comes %s', (_, more) => {
    const { told, calls } = play(...BEGUN, ...more);
    expect(told.filter(({ told: one }) => 'begin' in one)).toHaveLength(1);
    expect(told.filter(({ told: one }) => 'offer' in one).length).toBeLessThanOrEqual(1);
    expect(told.some(({ told: one }) => 'answer' in one)).toBe(false);
    expect(calls).toEqual([]);
  });

  it('ends for both as soon as one hangs up, fails or is gone', () => {
    const open = [...BEGUN, resident(OFFER), guard(ANSWER), guard(VOICE)];
    const ends: [TalkInput, string][] = [
      [resident(HANG_UP), 'caller'],
      [guard(HANG_UP), 'guard'],
      [resident({ type: 'failed', talk: 'talk-1', cause: 'microphone_refused' }), 'microphone_refused'],
      [guard({ type: 'failed', talk: 'talk-1', cause: 'no_path' }), 'no_path'],
      // Whatever a guard's page says: nothing about the kiosk's microphone.
      [guard({ type: 'failed', talk: 'talk-1', cause: 'no_microphone' }), 'guard_left'],
      [{ from: 'screens', gone: 'kiosk' }, 'screen_left'],
      [{ from: 'screens', gone: 'desk' }, 'guard_left'],
    ];
    for (const [input, ended] of ends) {
      const { calls, state } = play(...open, input);
      expect(calls.at(-1)).toEqual({ type: 'over', ended });
      const cut = stepTalk(state, { from: 'call', over: 'guard' }, 'main-in');
      expect(cut.state.line).toBeUndefined();
      const over = { talk: 'talk-1', over: 'guard' };
      expect(cut.tell).toEqual([
        { screen: 'kiosk', told: over },
        { screen: 'desk', told: over },
      ]);
    }
  });

  it('is offered where a screen of the kiosk has a microphone and somebody has pressed there', () => {
    expect(talkStatus(NO_TALK, true)).toBe('no_screen');
    expect(talkStatus(play(HERE).state, false)).toBe('not_pressed_here');
    expect(talkStatus(play(HERE).state, true)).toBe('ready');
    expect(talkStatus(play(resident({ type: 'here', microphone: false })).state, true)).toBe('no_microphone');
    expect(talkStatus(play(HERE, { from: 'screens', gone: 'kiosk' }).state, true)).toBe('no_screen');
    // Of two screens it is the one that was pressed last.
    const second = resident({ type: 'here', microphone: true }, 'second');
    expect(play(second, HERE, TALKING, JOIN).told[0]?.screen).toBe('kiosk');
    expect(play(HERE, second, TALKING, JOIN).told[0]?.screen).toBe('second');
  });

  it('never tells anybody else, in any order of what is said', () => {
    const random = seededRandom(12);
    const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
    for (let story = 0; story < 300; story += 1) {
      let state: TalkState = NO_TALK;
      let answeredBy: string | undefined;
      for (let turn = 0; turn < 30; turn += 1) {
        const said = one([
          OFFER,
          ANSWER,
          VOICE,
          HANG_UP,
          { type: 'join' },
          { type: 'here', microphone: true },
        ] as const);
        const input = one<TalkInput>([
          resident(said, one(['kiosk', 'second'])),
          guard(said, one(['desk', 'tablet']), one(['chen', 'lin'])),
          { from: 'screens', gone: one(['kiosk', 'desk']) },
          { from: 'call', talk: 'talk-1', operator: one(['chen', 'lin']) },
          { from: 'call', over: 'guard' },
        ]);
        if (input.from === 'call') answeredBy = 'over' in input ? undefined : input.operator;
        const { parties } = state.line ?? {};
        const step = stepTalk(state, input, 'main-in');
        for (const { screen, told } of step.tell) {
          if ('begin' in told) {
            expect(answeredBy).toBeDefined();
            expect(input).toMatchObject({ from: 'guard', operator: answeredBy, said: { type: 'join' } });
          } else expect([parties?.kiosk, parties?.guard]).toContain(screen);
        }
        state = step.state;
      }
    }
  });
});

describe('the description of a talk', () => {
  const good = talkSdp();
  it('is of one encrypted stream of sound between two devices', () => {
    expect(isTalkSdp(good)).toBe(true);
    const media = /m=audio [^\r]*\r\n/;
    const bad: Record<string, string> = {
      empty: '',
      'pictures beside it': good.replace(/$/, 'm=video 9 UDP/TLS/RTP/SAVPF 96\r\n'),
      'data beside it': `${good}m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n`,
      'two voices': `${good}${media.exec(good)?.[0]}`,
      'pictures alone': good.replace('m=audio', 'm=video'),
      'no encryption': good.replace('UDP/TLS/RTP/SAVPF', 'RTP/AVP'),
      'no key': good.replace(/a=fingerprint[^\r]*\r\n/, ''),
      'an address of a server': good.replace('typ host', 'typ relay'),
      'an address seen from outside': good.replace('typ host', 'typ srflx'),
      'lines of another form': good.replaceAll('\r\n', '\n'),
      'a line that is none': good.replace('s=-', '<script>'),
      'other letters': good.replace('s=-', 's=门'),
      'too many addresses': good.replace(/(a=candidate[^\r]*\r\n)/, '$1'.repeat(40)),
      'too long': good.replace('s=-', `s=${'-'.repeat(LONGEST_SDP)}`),
    };
    for (const [what, sdp] of Object.entries(bad)) expect([what, isTalkSdp(sdp)]).toEqual([what, false]);
  });
});
