import { createContext } from 'preact';
import { useCallback, useContext, useEffect, useRef, useState } from 'preact/hooks';
import type { TalkSaid, TalkTold } from '../../../core/assist/talk.ts';
import { closeMicrophone, openMicrophone } from '../../shared/microphone.ts';
import { TalkLink } from '../../shared/talk-link.ts';

/** A talk that did not come about is given up by the page after so long; the gate has ended it before. */
const GIVE_UP_MS = 20_000;

type Said = TalkSaid | { readonly type: 'join'; readonly accessPoint: string };

interface TalkDeps {
  readonly live: boolean;
  readonly send: (said: Said) => void;
  /** What the gate has told this page last. */
  readonly told: TalkTold | undefined;
}

export interface GuardTalk {
  /** Where this page talks; its microphone is open. */
  readonly accessPoint: string | undefined;
  readonly isMuted: boolean;
  /** From 0 to 1. */
  readonly volume: number;
  /**
   * Opens the microphone of this device, then has the order given that answers the call. Resolves with what is in the way
   * here. @param answer gives the order; whether the gate has taken it
   */
  begin(
    accessPoint: string,
    answer: () => Promise<boolean>,
  ): Promise<'no_microphone' | 'microphone_refused' | undefined>;
  mute(isMuted: boolean): void;
  setVolume(volume: number): void;
  hangUp(): void;
}

export const TalkContext = createContext<GuardTalk | undefined>(undefined);

/** The talk of this page; undefined outside the desk. */
export function useTalk(): GuardTalk | undefined {
  return useContext(TalkContext);
}

/** The guard's end of a talk: one at a time, over at once when the page is not connected any more. */
export function useGuardTalk({ live, send, told }: TalkDeps): GuardTalk {
  const [accessPoint, setAccessPoint] = useState<string>();
  const [isMuted, setMuted] = useState(false);
  const [volume, setVolume] = useState(1);
  const microphone = useRef<MediaStream>();
  const link = useRef<TalkLink>();
  const talking = useRef<string>();
  const timer = useRef<ReturnType<typeof setTimeout>>();

  const close = useCallback(() => {
    clearTimeout(timer.current);
    if (microphone.current !== undefined) closeMicrophone(microphone.current);
    link.current?.close();
    microphone.current = undefined;
    link.current = undefined;
    talking.current = undefined;
    setAccessPoint(undefined);
    setMuted(false);
  }, []);

  const begin: GuardTalk['begin'] = async (at, answer) => {
    close();
    const opened = await openMicrophone();
    if (typeof opened === 'string') return opened;
    microphone.current = opened;
    const isTaken = await answer();
    // Closed meanwhile, because the page lost its connection.
    if (microphone.current !== opened) closeMicrophone(opened);
    else if (!isTaken) close();
    else {
      timer.current = setTimeout(close, GIVE_UP_MS);
      setAccessPoint(at);
      send({ type: 'join', accessPoint: at });
    }
    return undefined;
  };

  const answerOffer = useCallback(
    async (talk: string, offer: string) => {
      const opened = microphone.current;
      if (opened === undefined) return send({ type: 'hang-up', talk });
      talking.current = talk;
      const one = new TalkLink({
        microphone: opened,
        onVoice: () => clearTimeout(timer.current),
        onLost: (cause) => {
          send({ type: 'failed', talk, cause });
          close();
        },
      });
      link.current = one;
      const sdp = await one.answer(offer).catch(() => undefined);
      if (talking.current !== talk) return;
      send(sdp === undefined ? { type: 'failed', talk, cause: 'no_path' } : { type: 'answer', talk, sdp });
    },
    [close, send],
  );

  useEffect(() => {
    if (!live || (told !== undefined && 'over' in told)) return close();
    if (told !== undefined && 'offer' in told) void answerOffer(told.talk, told.offer);
  }, [live, told, answerOffer, close]);
  useEffect(() => close, [close]);
  useEffect(() => link.current?.mute(isMuted), [isMuted]);
  useEffect(() => {
    if (link.current !== undefined) link.current.volume = volume;
  }, [volume]);

  return {
    ...{ accessPoint, isMuted, volume, begin, setVolume },
    mute: setMuted,
    hangUp: () => {
      const talk = talking.current;
      close();
      if (talk !== undefined) send({ type: 'hang-up', talk });
    },
  };
}
