import type { TalkEnd, TalkStatus, TalkTrouble } from '../access/vocabulary.ts';

/**
 * Who may say what to whom while a guard talks with a caller, as a pure state machine of one access point. The kiosk's page
 * opens its microphone for `begin` alone, and `begin` comes only after a call that was pressed at the gate was answered by
 * voice. Two descriptions of sound are passed on, one each way, and none is kept.
 */

/** What a page says about a talk. `here`: a resident's screen of the kiosk is open. `join`: a guard's page is ready to talk. */
export type TalkSaid =
  | { readonly type: 'here'; readonly microphone: boolean }
  | { readonly type: 'join' }
  | { readonly type: 'offer' | 'answer'; readonly talk: string; readonly sdp: string }
  | { readonly type: 'voice' | 'hang-up'; readonly talk: string }
  | { readonly type: 'failed'; readonly talk: string; readonly cause: TalkTrouble };

/** What one page is told. `begin`: open the microphone and offer. */
export type TalkTold =
  | { readonly talk: string; readonly begin: true }
  | { readonly talk: string; readonly offer: string; readonly accessPoint: string }
  | { readonly talk: string; readonly answer: string }
  | { readonly talk: string; readonly over: TalkEnd };

interface TalkScreen {
  readonly screen: string;
  readonly microphone: boolean;
}

export interface TalkState {
  /** Resident's screens of the kiosk itself that are open, the one last heard of first. */
  readonly screens: readonly TalkScreen[];
  /** A guard has answered by voice; `parties`: both pages are known. */
  readonly line?: {
    readonly talk: string;
    readonly operator: string;
    readonly parties?: { readonly kiosk: string; readonly guard: string };
    readonly step: 'asked' | 'begun' | 'offered' | 'answered' | 'open';
  };
}

export type TalkInput =
  | { readonly from: 'resident'; readonly screen: string; readonly said: TalkSaid }
  | { readonly from: 'guard'; readonly screen: string; readonly operator: string; readonly said: TalkSaid }
  | { readonly from: 'screens'; readonly gone: string }
  /** The call was answered by voice, or is not about a talk any more. */
  | { readonly from: 'call'; readonly talk: string; readonly operator: string }
  | { readonly from: 'call'; readonly over: TalkEnd };

export interface TalkStep {
  readonly state: TalkState;
  readonly tell: readonly { readonly screen: string; readonly told: TalkTold }[];
  /** What it means for the call. */
  readonly call?: { readonly type: 'voice' } | { readonly type: 'over'; readonly ended: TalkEnd };
}

export const NO_TALK: TalkState = { screens: [] };

/** Whether a guard could talk with a caller now. @param atGate somebody has pressed at the gate itself */
export function talkStatus({ screens, line }: TalkState, atGate: boolean): TalkStatus {
  if (line !== undefined) return line.step === 'open' ? 'open' : 'connecting';
  if (!atGate) return 'not_pressed_here';
  if (screens.length === 0) return 'no_screen';
  return screens.some(({ microphone }) => microphone) ? 'ready' : 'no_microphone';
}

/** What nobody may say now is passed over. @param accessPoint where this is */
export function stepTalk(state: TalkState, input: TalkInput, accessPoint: string): TalkStep {
  switch (input.from) {
    case 'call':
      if ('over' in input) return cut(state, input.over);
      return only({ ...state, line: { talk: input.talk, operator: input.operator, step: 'asked' } });
    case 'screens':
      return gone(state, input.gone);
    case 'resident':
      return input.said.type === 'here'
        ? only(withScreen(state, input.screen, input.said.microphone))
        : partySays(state, input.screen, input.said, accessPoint);
    case 'guard':
      return input.said.type === 'join'
        ? begin(state, input.screen, input.operator)
        : partySays(state, input.screen, input.said, accessPoint);
  }
}

function withScreen({ screens, ...rest }: TalkState, screen: string, microphone: boolean): TalkState {
  return { ...rest, screens: [{ screen, microphone }, ...screens.filter((one) => one.screen !== screen)] };
}

/** The page of the guard who has answered is there: now the kiosk's screen may open its microphone. */
function begin(state: TalkState, guard: string, operator: string): TalkStep {
  const { line, screens } = state;
  if (line?.step !== 'asked' || line.operator !== operator) return only(state);
  const kiosk = screens.find(({ microphone }) => microphone)?.screen;
  if (kiosk === undefined) return { ...only(state), call: { type: 'over', ended: 'screen_left' } };
  return {
    state: { ...state, line: { ...line, parties: { kiosk, guard }, step: 'begun' } },
    tell: [{ screen: kiosk, told: { talk: line.talk, begin: true } }],
  };
}

function partySays(state: TalkState, screen: string, said: TalkSaid, accessPoint: string): TalkStep {
  const { line } = state;
  const { parties } = line ?? {};
  if (line === undefined || parties === undefined) return only(state);
  const isKiosk = screen === parties.kiosk;
  if ((!isKiosk && screen !== parties.guard) || !('talk' in said) || said.talk !== line.talk)
    return only(state);
  const { talk } = line;
  const at = (step: typeof line.step) => ({ ...state, line: { ...line, step } });
  switch (said.type) {
    case 'offer':
      if (!isKiosk || line.step !== 'begun') return only(state);
      return {
        state: at('offered'),
        tell: [{ screen: parties.guard, told: { talk, offer: said.sdp, accessPoint } }],
      };
    case 'answer':
      if (isKiosk || line.step !== 'offered') return only(state);
      return { state: at('answered'), tell: [{ screen: parties.kiosk, told: { talk, answer: said.sdp } }] };
    case 'voice':
      if (line.step !== 'answered') return only(state);
      return { state: at('open'), tell: [], call: { type: 'voice' } };
    case 'hang-up':
      return { ...only(state), call: { type: 'over', ended: isKiosk ? 'caller' : 'guard' } };
    case 'failed':
      // Of the guard's own device the kiosk is told no more than that it is not there.
      return {
        ...only(state),
        call: { type: 'over', ended: isKiosk || said.cause === 'no_path' ? said.cause : 'guard_left' },
      };
  }
}

function gone(state: TalkState, screen: string): TalkStep {
  const screens = state.screens.filter((one) => one.screen !== screen);
  const next = { ...state, screens };
  const { kiosk, guard } = state.line?.parties ?? {};
  if (screen === kiosk) return { ...only(next), call: { type: 'over', ended: 'screen_left' } };
  if (screen === guard) return { ...only(next), call: { type: 'over', ended: 'guard_left' } };
  return only(next);
}

/** Both pages close their microphones. */
function cut({ line, screens }: TalkState, over: TalkEnd): TalkStep {
  const { kiosk, guard } = line?.parties ?? {};
  const told = line === undefined ? undefined : { talk: line.talk, over };
  const tell = [kiosk, guard].flatMap((screen) =>
    screen === undefined || told === undefined ? [] : [{ screen, told }],
  );
  return { state: { screens }, tell };
}

function only(state: TalkState): TalkStep {
  return { state, tell: [] };
}
